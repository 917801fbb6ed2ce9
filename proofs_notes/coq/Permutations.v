(** Uniform permutations: with the exact denoiser a fixed-size sampler is correct with the birthday probability.

    Statements: [permutations/birthday], [permutations/kl], [permutations/path-kl], [permutations/linear-steps]
    (the last for fixed sizes).

    Proof: in a possible context every masked token is uniform on the symbols that are left, so every permutation is
    drawn with probability [prod_k n_k^(-s_k)], whatever the reveal times; there are [L! = prod_k (n_k)_(s_k)]. *)
From Maskbound Require Export FixedSize.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Permutations.
Variable I : finType.
Local Notation sequence := {ffun I -> I}.

Definition permutation (x : sequence) : bool := injectiveb x.
Definition permutation_mass (x : sequence) : R := if permutation x then / INR #|I|`! else 0.

Lemma fact_gt0' n : 0 < INR n`!.
Proof. by apply: INR_gt0; exact: fact_gt0. Qed.

Lemma permutation_ge0 x : 0 <= permutation_mass x.
Proof.
rewrite /permutation_mass; case: ifP => _; last lra.
exact: Rlt_le (Rinv_0_lt_compat _ (fact_gt0' _)).
Qed.

Lemma card_permutations : #|permutation| = #|I|`!.
Proof. by rewrite -ffactnn -card_inj_ffuns; apply: eq_card => x; rewrite inE. Qed.

Lemma permutation_sum : \sum_x permutation_mass x = 1.
Proof.
rewrite /permutation_mass -big_mkcond /= sum_const -/permutation.
have -> : #|(fun x => permutation x)| = #|I|`! by rewrite -card_permutations; apply: eq_card.
by apply: Rinv_r; exact: Rgt_not_eq (fact_gt0' _).
Qed.

Definition permutation_law : law (sequences I I) := Law permutation_ge0 permutation_sum.

Lemma permutation_support x : positive (permutation_law x) = permutation x.
Proof.
apply/positiveP/idP; rewrite /= /permutation_mass; case: ifP => // _; first lra.
by move=> _; exact: Rinv_0_lt_compat (fact_gt0' _).
Qed.

(** A masked token is uniform on the symbols that are left. *)
Lemma permutation_conditional x (R : {set I}) (i : I) : permutation x -> i \notin R ->
  exact_conditional permutation_law i (show R x) (x i) = / INR (#|I| - #|R|).
Proof.
move=> /injectiveP inj iR; rewrite exact_conditional_show.
set joint := push _ _.
have jointE a : joint (a, show R x) =
  \sum_(y : sequence | (y i == a) && (show R y == show R x)) permutation_mass y by rewrite /joint push_pair.
have used a : a \in x @: R -> joint (a, show R x) = 0.
  case/imsetP => j jR ->; rewrite jointE big1 // => y /andP[/eqP yi /eqP /show_eqP ys].
  rewrite /permutation_mass; case: ifP => // /injectiveP yinj.
  by have := yinj i j; rewrite yi (ys j jR) => /(_ erefl) ij; rewrite ij jR in iR.
have fresh a : a \notin x @: R -> joint (a, show R x) = joint (x i, show R x).
  move=> aR; pose f (y : sequence) : sequence := [ffun j => swap a (x i) (y j)].
  have fK : involutive f by move=> y; apply/ffunP => j; rewrite !ffunE swapK.
  have xiR : x i \notin x @: R by rewrite mem_imset.
  rewrite !jointE (reindex_inj (can_inj fK)) /=; apply: eq_big => [y|y _].
    rewrite ffunE; congr (_ && _).
      by rewrite -(inj_eq (can_inj (@swapK _ a (x i))) (swap a (x i) (y i))) swapK swapL.
    have keep b : b \in x @: R -> swap a (x i) b = b.
      by move=> bR; apply: swapD; [apply: contraNneq aR | apply: contraNneq xiR] => <-.
    apply/eqP/eqP => /show_eqP h; apply/show_eqP => j jR; have := h j jR; rewrite !ffunE.
      by move=> e; apply: (can_inj (@swapK _ a (x i))); rewrite e keep // mem_imset.
    by move=> ->; rewrite keep // mem_imset.
  rewrite /permutation_mass; congr (if _ then _ else _); apply/injectiveP/injectiveP => h j k e.
    by apply: h; rewrite !ffunE e.
  by apply: h; move: e; rewrite !ffunE => /(can_inj (@swapK _ a (x i))).
have seen0 : 0 < seen permutation_law (show R) x.
  by apply: seen_gt0; apply/positiveP; rewrite permutation_support; apply/injectiveP.
have total : INR (#|I| - #|R|) * joint (x i, show R x) = seen permutation_law (show R) x.
  rewrite /seen (push_pair_r permutation_law (show R) (token i)) -/joint.
  rewrite (bigID (fun a => a \in x @: R)) /= big1 => [|a /used //].
  rewrite Rplus_0_l (eq_bigr (fun=> joint (x i, show R x))) => [|a /fresh //].
  rewrite sum_const; congr (INR _ * _).
  have -> : #|(fun a => a \notin x @: R)| = #|~: (x @: R)| by apply: eq_card => a; rewrite !inE.
  by rewrite [RHS]cardsCs setCK card_imset.
rewrite -total in seen0 *; move: (joint _) (INR _) seen0 => j v vj.
have v0 : v <> 0 by move=> e; rewrite e Rmult_0_l in vj; lra.
have j0 : j <> 0 by move=> e; rewrite e Rmult_0_r in vj; lra.
by field.
Qed.

Section Sampler.
Variables (N : nat) (s : 'I_N -> nat).
Hypotheses (total : (\sum_(k < N) s k)%N = #|I|) (L0 : (0 < #|I|)%N).
Variable p : denoiser I I.
Hypothesis exact : exact_denoiser permutation_law p.

(** [n_k], how many positions are masked before step [k]. *)
Definition left (k : nat) : nat := (#|I| - sized s k)%N.

Lemma permutation_given_times (tau : {ffun I -> 'I_N}) x : has_sizes s tau -> permutation x ->
  given_times p tau x = \prod_(k < N) / INR (left k) ^ s k.
Proof.
move=> sizes perm; rewrite /given_times.
have -> : \prod_i p i (show (before tau i) x) (x i) = \prod_i / INR (left (tau i)).
  apply: eq_bigr => i _; rewrite exact; last first.
  - by rewrite context_show; apply: seen_gt0; apply/positiveP; rewrite permutation_support.
  - by rewrite ffunE (negbTE (before_irr tau i)).
  by rewrite permutation_conditional ?before_irr // (sizes_before i sizes).
rewrite (partition_big (fun i => tau i) predT) //=; apply: eq_bigr => k _.
rewrite (eq_bigr (fun=> / INR (left k))) => [|i /eqP -> //].
rewrite prod_const -(eqP (forallP sizes k)).
have -> : #|(fun i => tau i == k)| = #|[set i | tau i == k]| by apply: eq_card => i; rewrite inE.
by rewrite pow_inv.
Qed.

(** The birthday probability [prod_k (n_k)_(s_k) / n_k^(s_k)]. *)
Definition birthday : R := \prod_(k < N) (INR (left k ^_ s k) / INR (left k) ^ s k).
Definition each : R := \prod_(k < N) / INR (left k) ^ s k.

Lemma left_pos (k : 'I_N) : (0 < s k)%N -> (0 < left k)%N.
Proof.
move=> sk; rewrite subn_gt0; apply: (leq_trans _ (sized_le total k.+1)).
by rewrite sizedS -addn1 leq_add2l.
Qed.

Lemma each_gt0 : 0 < each.
Proof.
apply: prod_gt0 => k _; apply: Rinv_0_lt_compat.
case: (posnP (s k)) => [->|/left_pos /INR_gt0]; first by rewrite /=; lra.
exact: pow_lt.
Qed.

Lemma falling_total : (\prod_(k < N) left k ^_ s k = #|I|`!)%N.
Proof.
have steps n : (n <= N)%N -> (\prod_(k < N | (k < n)%N) left k ^_ s k * (left n)`! = #|I|`!)%N.
  elim: n => [|n ih] nN; first by rewrite big_pred0 // mul1n /left sized0 subn0.
  pose k := Ordinal nN; have {}ih := ih (ltnW nN).
  rewrite (bigD1 k) //= (eq_bigl (fun k : 'I_N => (k < n)%N)) => [|l]; last by rewrite ltnS ltn_neqAle andbC.
  have e : sized s n.+1 = (sized s n + s k)%N := sizedS s k.
  have e2 : left n.+1 = (left n - s k)%N by rewrite /left e subnDA.
  have le : (s k <= left n)%N by rewrite /left leq_subRL ?(sized_le total) // -e (sized_le total).
  by rewrite e2 mulnAC ffact_fact // mulnC.
have := steps N (leqnn N); rewrite /left (sizedN total) subnn fact0 muln1 => <-.
by apply: eq_bigl => k; rewrite ltn_ord.
Qed.

Lemma birthdayE : birthday = INR #|I|`! * each.
Proof.
rewrite -falling_total /birthday /each big_split /=; congr (_ * _).
by elim/big_rec2: _ => [|k x y _ e] //; rewrite INR_mul -e.
Qed.

Lemma permutation_output x : permutation x -> output p (fixed_size total L0) x = each.
Proof.
move=> perm; rewrite -[RHS]Rmult_1_l -(fixed_size_sum total L0) big_distrl /=.
apply: eq_bigr => tau _; rewrite /= /fixed_size_times; case: ifP => [sizes|_]; last by rewrite !Rmult_0_l.
by rewrite permutation_given_times.
Qed.

Lemma sum_permutations (c : R) : \sum_(x | permutation x) c = INR #|I|`! * c.
Proof. by rewrite sum_const -card_permutations; congr (INR _ * _); apply: eq_card. Qed.

(** permutations/birthday *)
Theorem permutation_birthday : ser permutation_law (output p (fixed_size total L0)) = 1 - birthday.
Proof.
rewrite /ser birthdayE -sum_permutations (eq_bigl permutation) => [|x]; last exact: permutation_support.
by congr (1 - _); apply: eq_bigr => x; exact: permutation_output.
Qed.

Lemma permutation_kl_of (f : sequence -> R) : (forall x, permutation x -> f x = each) ->
  kl permutation_law f = Fin (- ln birthday).
Proof.
move=> fE; have e0 := each_gt0; have F0 := fact_gt0' #|I|.
rewrite /kl (introT (dominatedP permutation_law f)) => [|x x0]; last first.
  by rewrite fE // -permutation_support; apply/positiveP.
congr Fin; rewrite -[divergence _ _]/(mean permutation_law (fun x => ln (permutation_law x / f x))).
rewrite -(mean_const permutation_law (- ln birthday)); apply: mean_eq => x x0.
have perm : permutation x by rewrite -permutation_support; apply/positiveP.
rewrite fE //= /permutation_mass perm birthdayE ln_div ?ln_Rinv ?ln_mult //; first lra.
exact: Rinv_0_lt_compat.
Qed.

(** permutations/kl *)
Theorem permutation_kl : kl permutation_law (output p (fixed_size total L0)) = Fin (- ln birthday).
Proof. by apply: permutation_kl_of => x; exact: permutation_output. Qed.

(** permutations/path-kl *)
Theorem permutation_path_kl : path_kl permutation_law p (fixed_size total L0) = Fin (- ln birthday).
Proof.
rewrite /path_kl (xsum_fin (f := fun tau => fixed_size_times s tau * - ln birthday)) => [|tau].
  by rewrite -big_distrl /= fixed_size_sum // Rmult_1_l.
rewrite /= /fixed_size_times; case: ifP => [sizes|_]; last first.
  by case: kl => [r|] /=; rewrite ?Rmult_0_l //; case: positiveP => //; lra.
by rewrite (permutation_kl_of (f := given_times p tau)) // => x; exact: permutation_given_times.
Qed.

(** permutations/linear-steps, for fixed sizes; and more than half of the sequences are wrong for fewer than
    [L / (1 + 2 log 2)] steps. *)
Lemma falling_le n r : (r <= n)%N -> (0 < n)%N ->
  INR (n ^_ r) / INR n ^ r <= exp (- (INR r * (INR r - 1) / (2 * INR n))).
Proof.
move=> rn n0; have n1 := INR_gt0 n0; elim: r rn => [|r ih] rn.
  rewrite ffactn0 INR_1 INR_0 /=; have -> : - (0 * (0 - 1) / (2 * INR n)) = 0 by field; lra.
  by rewrite exp_0; lra.
rewrite ffactnSr INR_mul (INR_subn (ltnW rn)) S_INR.
have r0 := pos_INR r; have rn' : INR r <= INR n by apply: INR_le; exact: ltnW.
have -> : INR (n ^_ r) * (INR n - INR r) / INR n ^ r.+1 = INR (n ^_ r) / INR n ^ r * (1 - INR r / INR n).
  by rewrite /=; have := pow_lt _ r n1; move: (INR n ^ r) => c c0; field; lra.
have -> : - ((INR r + 1) * (INR r + 1 - 1) / (2 * INR n)) = - (INR r * (INR r - 1) / (2 * INR n)) + - (INR r / INR n).
  by field; lra.
rewrite exp_plus; apply: Rmult_le_compat.
- by apply: div_ge0; [exact: pos_INR | apply: pow_le; lra].
- suff : INR r / INR n <= 1 by lra.
  by apply: (Rmult_le_reg_r (INR n)) => //; rewrite /Rdiv Rmult_assoc Rinv_l; lra.
- exact: ih (ltnW rn).
- by have := exp_ineq1_le (- (INR r / INR n)); lra.
Qed.

Theorem permutation_linear_steps :
  1 - exp (- ((INR #|I| / INR N - 1) / 2)) <= ser permutation_law (output p (fixed_size total L0)).
Proof.
rewrite permutation_birthday; apply: Rplus_le_compat_l; apply: Ropp_le_contravar.
have I0 := INR_gt0 L0; move LE : (INR #|I|) I0 => l l0.
have N0 : 0 < INR N.
  apply: INR_gt0; case: N s total => // s' e; exfalso.
  by move: e; rewrite big_ord0 => e; have := INR_gt0 L0; rewrite -e INR_0; lra.
have sums : \sum_(k < N) INR (s k) = l by rewrite -LE -total INR_sum.
apply: (Rle_trans _ (exp (\sum_(k < N) - (INR (s k) * (INR (s k) - 1) / (2 * l))))).
  have -> : exp (\sum_(k < N) - (INR (s k) * (INR (s k) - 1) / (2 * l))) =
    \prod_(k < N) exp (- (INR (s k) * (INR (s k) - 1) / (2 * l))).
    by elim/big_rec2: _ => [|k x y _ <-]; [exact: exp_0 | exact: exp_plus].
  apply: prod_le => k _.
  have sl : (s k <= left k)%N by rewrite /left leq_subRL ?(sized_le total) // -(sizedS s k) (sized_le total).
  split; first by apply: div_ge0; [exact: pos_INR | apply: pow_le; exact: pos_INR].
  case: (posnP (s k)) => [->|sk].
    rewrite ffactn0 INR_1 INR_0 /=; have -> : - (0 * (0 - 1) / (2 * l)) = 0 by field; lra.
    by rewrite exp_0; lra.
  have n0 := INR_gt0 (left_pos sk); have s1 : 1 <= INR (s k) by rewrite -INR_1; apply: INR_le.
  apply: Rle_trans (falling_le sl (left_pos sk)) _.
  have nl : INR (left k) <= l by rewrite -LE; apply: INR_le; exact: leq_subr.
  have le : INR (s k) * (INR (s k) - 1) / (2 * l) <= INR (s k) * (INR (s k) - 1) / (2 * INR (left k)).
    by apply: Rmult_le_compat_l; [nra | apply: Rinv_le_contravar; lra].
  by case: le => [lt|->]; [apply: Rlt_le; apply: exp_increasing; lra | lra].
have le : \sum_(k < N) - (INR (s k) * (INR (s k) - 1) / (2 * l)) <= - ((l / INR N - 1) / 2).
  have : 0 <= \sum_(k < N) (INR (s k) - l / INR N) * (INR (s k) - l / INR N) by apply: sum_ge0 => k _; exact: Rle_0_sqr.
  have -> : \sum_(k < N) (INR (s k) - l / INR N) * (INR (s k) - l / INR N) =
    \sum_(k < N) (INR (s k) * (INR (s k) - 1) + (INR (s k) * (1 - 2 * (l / INR N)) + l / INR N * (l / INR N))).
    by apply: eq_bigr => k _; ring.
  rewrite !big_split /= -big_distrl /= sums sum_constT card_ord sum_opp.
  have -> : \sum_(k < N) INR (s k) * (INR (s k) - 1) / (2 * l) = (\sum_(k < N) INR (s k) * (INR (s k) - 1)) * / (2 * l).
    by rewrite big_distrl.
  move: (\sum_(k < N) _) => S h.
  have e : INR N * (l / INR N * (l / INR N)) = l * (l / INR N) by field; lra.
  rewrite e in h.
  have i2 : 0 < / (2 * l) by apply: Rinv_0_lt_compat; lra.
  have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ i2) h; rewrite Rmult_0_l.
  have -> : (S + (l * (1 - 2 * (l / INR N)) + l * (l / INR N))) * / (2 * l) = S * / (2 * l) - (l / INR N - 1) / 2.
    by field; lra.
  by lra.
by case: le => [lt|->]; [apply: Rlt_le; exact: exp_increasing | lra].
Qed.

Corollary permutation_half_wrong : INR N < INR #|I| / (1 + 2 * ln 2) ->
  1 / 2 < ser permutation_law (output p (fixed_size total L0)).
Proof.
move=> few; apply: Rlt_le_trans permutation_linear_steps.
have N0 : 0 < INR N.
  apply: INR_gt0; case: N s total => // s' e; exfalso.
  by move: e; rewrite big_ord0 => e; have := INR_gt0 L0; rewrite -e INR_0; lra.
have ln2 : 0 < ln 2 by rewrite -ln_1; apply: ln_increasing; lra.
move: few; move: (INR #|I|) => l few.
have many : 1 + 2 * ln 2 < l / INR N.
  apply: (Rmult_lt_reg_r (INR N)) => //.
  have -> : l / INR N * INR N = l by field; lra.
  have := Rmult_lt_compat_r (1 + 2 * ln 2) _ _ (ltac:(lra)) few.
  have -> : l / (1 + 2 * ln 2) * (1 + 2 * ln 2) = l by field; lra.
  by lra.
suff : exp (- ((l / INR N - 1) / 2)) < 1 / 2 by lra.
have -> : 1 / 2 = exp (- ln 2) by rewrite exp_Ropp exp_ln; lra.
by apply: exp_increasing; lra.
Qed.

End Sampler.
End Permutations.
