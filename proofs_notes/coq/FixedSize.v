(** The fixed-size sampler: step [k] reveals a uniformly random set of [s k] masked positions.

    Statements: [fixed-size/riemann-error], [fixed-size/left-sum], [fixed-size/max-size], [fixed-size/vocabulary].

    Proof of the first: the law of the reveal times does not change when two positions are exchanged, so given that
    [i] comes at step [k] all sets of [sized k] other positions are equally likely to be known. *)
From Maskbound Require Export Sampler Swap.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Exchangeable reveal times *)

Section Exchangeable.
Variables (I : finType) (N : nat) (W : {ffun I -> 'I_N} -> R).
Implicit Type tau : {ffun I -> 'I_N}.

Definition swap_times (a b : I) tau : {ffun I -> 'I_N} := [ffun j => tau (swap a b j)].
Definition exchangeable := forall a b tau, W (swap_times a b tau) = W tau.

(** The probability that [i] comes at step [k] when the positions in [R] are known. *)
Definition arrival (i : I) (k : 'I_N) (R : {set I}) := \sum_(tau : {ffun I -> 'I_N} | (tau i == k) && (before tau i == R)) W tau.

Lemma swap_timesK a b : involutive (swap_times a b).
Proof. by move=> tau; apply/ffunP => j; rewrite !ffunE swapK. Qed.

Hypothesis ex : exchangeable.

Lemma arrival_swap a b i k R : arrival (swap a b i) k (swap_set a b R) = arrival i k R.
Proof.
rewrite /arrival (reindex_inj (can_inj (swap_timesK a b))) /=.
apply: eq_big => [tau|tau _]; last exact: ex.
rewrite ffunE swapK; congr (_ && _).
have -> : before (swap_times a b tau) (swap a b i) = swap_set a b (before tau i).
  by apply/setP => j; rewrite !inE !ffunE swapK.
exact: (inj_eq (can_inj (@swap_setK _ a b))).
Qed.

Lemma arrival_set i k (R R' : {set I}) :
  i \notin R -> i \notin R' -> #|R| = #|R'| -> arrival i k R = arrival i k R'.
Proof.
move Hn : #|R :\: R'| => n; elim: n R Hn => [|n ih] R d iR iR' e.
  suff -> : R = R' by [].
  by apply/eqP; rewrite eqEcard e leqnn andbT -setD_eq0 -cards_eq0 d.
have d' : #|R' :\: R| = n.+1.
  by rewrite cardsD setIC -e -cardsD.
have /card_gt0P[a aR] : (0 < #|R :\: R'|)%N by rewrite d.
have /card_gt0P[b bR] : (0 < #|R' :\: R|)%N by rewrite d'.
move: aR bR; rewrite !in_setD => /andP[aR' aR] /andP[bR bR'].
have ia : i != a by apply: contraNneq iR => ->.
have ib : i != b by apply: contraNneq iR' => ->.
rewrite -(arrival_swap a b) swapD //.
apply: ih; rewrite ?card_swap_set ?inE ?swapD //.
have -> : swap_set a b R :\: R' = (R :\: R') :\ a; last by move: d; rewrite (cardsD1 a) in_setD aR' aR => -[].
apply/setP => j; rewrite !inE; case: (eqVneq j a) => [->|ja]; first by rewrite swapL (negbTE bR) andbF.
case: (eqVneq j b) => [->|jb]; first by rewrite bR'.
by rewrite swapD.
Qed.

Lemma arrival_same i i' k (R R' : {set I}) :
  i \notin R -> i' \notin R' -> #|R| = #|R'| -> arrival i k R = arrival i' k R'.
Proof.
move=> iR iR' e; rewrite -(arrival_swap i i') swapL; apply: arrival_set => //.
  by rewrite inE swapR.
by rewrite card_swap_set.
Qed.

End Exchangeable.

(** ** The law of the reveal times *)

Section Times.
Variables (I : finType) (N : nat) (s : 'I_N -> nat).
Hypothesis total : (\sum_(k < N) s k)%N = #|I|.
Implicit Type tau : {ffun I -> 'I_N}.

Definition has_sizes tau : bool := [forall k, #|[set i | tau i == k]| == s k].

(** How many positions are known before step [k], counted from 0. *)
Definition sized (k : nat) : nat := (\sum_(l < N | (l < k)%N) s l)%N.

Definition fixed_size_times tau : R := if has_sizes tau then / INR #|has_sizes| else 0.

Lemma some_times (U : {set I}) (t : 'I_N -> nat) : (\sum_(k < N) t k)%N = #|U| -> U != set0 ->
  exists tau : {ffun I -> 'I_N}, forall k, #|[set i in U | tau i == k]| = t k.
Proof.
move Hn : #|U| => n; elim: n U Hn t => [|n ih] U e t sum U0.
  by move: U0; rewrite -card_gt0 e.
have [i iU] : exists i, i \in U by apply/set0Pn.
have [k tk] : exists k, (0 < t k)%N.
  apply/existsP; apply: contraT => /existsPn none; exfalso; move: sum.
  by rewrite big1 // => k _; apply/eqP; rewrite -leqn0 leqNgt.
pose t' l := if l == k then (t k).-1 else t l.
have e' : #|U :\ i| = n by move: e; rewrite (cardsD1 i) iU => -[].
have sum' : (\sum_(l < N) t' l)%N = n.
  apply: succn_inj; rewrite -sum (bigD1 k) //= [RHS](bigD1 k) //= /t' eqxx -addSn prednK //.
  by congr (_ + _)%N; apply: eq_bigr => l /negbTE ->.
have step (tau' : {ffun I -> 'I_N}) : (forall l, #|[set j in U :\ i | tau' j == l]| = t' l) ->
    exists tau : {ffun I -> 'I_N}, forall l, #|[set j in U | tau j == l]| = t l.
  move=> h; exists [ffun j => if j == i then k else tau' j] => l.
  have split : [set j in U | [ffun j => if j == i then k else tau' j] j == l] =
    (if l == k then [set i] else set0) :|: [set j in U :\ i | tau' j == l].
    apply/setP => j; rewrite !inE ffunE; case: (eqVneq j i) => [->|ji] /=.
      by rewrite iU /= ?eqxx /= orbF eq_sym; case: (l == k); rewrite !inE ?eqxx.
    by case: ifP; rewrite ?inE ?(negbTE ji).
  rewrite split /t' in h *; move: (h l); rewrite /t'; case: (eqVneq l k) => [->|_] hl.
    by rewrite cardsU1 hl !inE eqxx /= add1n prednK.
  by rewrite set0U hl.
case: (eqVneq (U :\ i) set0) => [E|ne]; last by have [tau' /step] := ih _ e' _ sum' ne.
apply: (step [ffun=> k]) => l.
have : t' l = 0%N.
  by move: sum'; rewrite -e' E cards0 => /eqP; rewrite sum_nat_eq0 => /forallP/(_ l)/eqP.
by move->; apply/eqP; rewrite cards_eq0; apply/eqP/setP => j; rewrite !inE; move/setP: E => /(_ j); rewrite !inE => ->.
Qed.

Hypothesis L0 : (0 < #|I|)%N.

Lemma sizes_inhabited : (0 < #|has_sizes|)%N.
Proof.
have T0 : [set: I] != set0 by rewrite -card_gt0 cardsT.
have [tau h] : exists tau : {ffun I -> 'I_N}, forall k, #|[set i in [set: I] | tau i == k]| = s k.
  by apply: some_times => //; rewrite cardsT.
apply/card_gt0P; exists tau; apply/forallP => k; rewrite -(h k).
by apply/eqP; apply: eq_card => i; rewrite !inE.
Qed.

Lemma fixed_size_ge0 tau : 0 <= fixed_size_times tau.
Proof.
rewrite /fixed_size_times; case: ifP => _; last lra.
by apply: Rlt_le; apply: Rinv_0_lt_compat; apply: INR_gt0; exact: sizes_inhabited.
Qed.

Lemma fixed_size_sum : \sum_tau fixed_size_times tau = 1.
Proof.
rewrite -big_mkcond /= sum_const; apply: Rinv_r; apply: Rgt_not_eq; exact: INR_gt0 sizes_inhabited.
Qed.

Definition fixed_size : law (sequences I (ordinal_finType N)) := Law fixed_size_ge0 fixed_size_sum.

Lemma sized0 : sized 0 = 0%N. Proof. by rewrite /sized big_pred0. Qed.
Lemma sizedN : sized N = #|I|. Proof. by rewrite -total /sized; apply: eq_bigl => l; rewrite ltn_ord. Qed.
Lemma sizedS (k : 'I_N) : sized k.+1 = (sized k + s k)%N.
Proof.
rewrite /sized (bigD1 k) //= addnC; congr (_ + _)%N; apply: eq_bigl => l.
by rewrite ltnS ltn_neqAle andbC.
Qed.

Lemma sized_le k : (sized k <= #|I|)%N.
Proof. by rewrite -total /sized [X in (_ <= X)%N](bigID (fun l : 'I_N => (l < k)%N)) /= leq_addr. Qed.

Lemma fixed_size_exchangeable : exchangeable fixed_size_times.
Proof.
move=> a b tau; rewrite /fixed_size_times; congr (if _ then _ else _).
apply: eq_forallb => k; congr (_ == _).
rewrite -(card_swap_set a b [set i | tau i == k]); apply: eq_card => j.
by rewrite !inE ffunE.
Qed.

Lemma sizes_before tau i : has_sizes tau -> #|before tau i| = sized (tau i).
Proof.
move=> /forallP h; rewrite /sized -sum1_card.
rewrite (partition_big (fun j => tau j) (fun l => (l < tau i)%N)) => [|j]; last by rewrite inE.
apply: eq_bigr => l li; rewrite -(eqP (h l)) -sum1_card; apply: eq_bigl => j.
by rewrite !inE; case: eqP => [->|]; rewrite ?li ?andbF.
Qed.

Lemma arrival_sized i (k : 'I_N) (R : {set I}) : #|R| != sized k -> arrival fixed_size_times i k R = 0.
Proof.
move=> ne; rewrite /arrival big1 // => tau /andP[/eqP ek /eqP eR].
rewrite /fixed_size_times; case: ifP => // /(sizes_before i) e.
by rewrite -eR e ek eqxx in ne.
Qed.

(** The arrivals at step [k], all positions together. *)
Lemma arrival_total (k : 'I_N) :
  \sum_i \sum_(R : {set I} | (i \notin R) && (#|R| == sized k)) arrival fixed_size_times i k R = INR (s k).
Proof.
transitivity (\sum_i \sum_(tau : {ffun I -> 'I_N} | tau i == k) fixed_size_times tau).
  apply: eq_bigr => i _.
  rewrite [RHS](partition_big (fun tau : {ffun I -> 'I_N} => before tau i) (fun R => i \notin R)) => [|tau _]; last exact: before_irr.
  rewrite big_mkcondr; apply: eq_bigr => R iR /=.
  by case: eqP => // /eqP /(arrival_sized i) => e; rewrite -[RHS]/(arrival _ i k R) e.
rewrite (exchange_big_dep predT) //= -[RHS]Rmult_1_r -fixed_size_sum big_distrr /=; apply: eq_bigr => tau _.
rewrite sum_const /fixed_size_times; case: ifP => [/forallP /(_ k) /eqP <-|_]; last by rewrite !Rmult_0_r.
by congr (INR _ * _); apply: eq_card => i; rewrite inE.
Qed.

Lemma card_pairs j (F : R) :
  \sum_(i : I) \sum_(R : {set I} | (i \notin R) && (#|R| == j)) F = INR #|I| * INR 'C(#|I|.-1, j) * F.
Proof.
rewrite (eq_bigr (fun=> INR 'C(#|I|.-1, j) * F)) => [|i _]; first by rewrite sum_constT; lra.
rewrite sum_const; congr (INR _ * _).
have -> : #|I|.-1 = #|[set: I] :\ i| by rewrite card_all_but.
rewrite -cards_draws; apply: eq_card => R.
by rewrite !inE subset_all_but.
Qed.

Lemma mean_sized (f : I -> {set I} -> R) :
  mean fixed_size_times (fun tau => \sum_i f i (before tau i)) =
  \sum_(k < N) INR (s k) / INR #|I| *
    ((\sum_i \sum_(R : {set I} | (i \notin R) && (#|R| == sized k)) f i R) / INR 'C(#|I|.-1, sized k)).
Proof.
transitivity (\sum_(k < N) \sum_i \sum_(R : {set I} | (i \notin R) && (#|R| == sized k))
                arrival fixed_size_times i k R * f i R).
  rewrite (mean_sum fixed_size) [RHS]exchange_big /=; apply: eq_bigr => i _.
  rewrite /mean (partition_big (fun tau : {ffun I -> 'I_N} => tau i) predT) //=; apply: eq_bigr => k _.
  rewrite (partition_big (fun tau : {ffun I -> 'I_N} => before tau i) (fun R => i \notin R)) => [|tau _]; last exact: before_irr.
  rewrite [RHS]big_mkcondr; apply: eq_bigr => R iR.
  rewrite (eq_bigr (fun tau => fixed_size_times tau * f i R)) => [|tau /andP[_ /eqP ->] //].
  rewrite -big_distrl /= -/(arrival fixed_size_times i k R).
  by case: eqP => // /eqP /(arrival_sized i) ->; rewrite Rmult_0_l.
apply: eq_bigr => k _.
case: (posnP (s k)) => [sk|sk].
  rewrite sk INR_0 /Rdiv !Rmult_0_l; apply: big1 => i _; apply: big1 => R iR.
  have all0 : forall j (Q : {set I}), (j \notin Q) && (#|Q| == sized k) -> arrival fixed_size_times j k Q = 0.
    move=> j Q jQ; have := arrival_total k; rewrite sk INR_0.
    have pos i' (R' : {set I}) : 0 <= arrival fixed_size_times i' k R' by apply: sum_ge0 => tau _; exact: fixed_size_ge0.
    have inner i' : 0 <= \sum_(R' : {set I} | (i' \notin R') && (#|R'| == sized k)) arrival fixed_size_times i' k R'.
      by apply: sum_ge0 => R' _; exact: pos.
    move=> tot; have e := sum_eq0 (P := predT) (j := j) (fun i' _ => inner i') isT tot.
    exact: (sum_eq0 (fun R' _ => pos j R') jQ e).
  by rewrite all0 // Rmult_0_l.
have lt : (sized k < #|I|)%N by apply: (leq_trans _ (sized_le k.+1)); rewrite sizedS -addn1 leq_add2l.
have C0 : 0 < INR 'C(#|I|.-1, sized k) by apply: INR_gt0; rewrite bin_gt0 -ltnS prednK.
have I0 := INR_gt0 L0.
have [c cE] : exists c, forall i (R : {set I}), (i \notin R) && (#|R| == sized k) -> arrival fixed_size_times i k R = c.
  have [[i1 R1] /= h1|none] := pickP (fun iR : I * {set I} => (iR.1 \notin iR.2) && (#|iR.2| == sized k)).
    exists (arrival fixed_size_times i1 k R1) => i R /andP[iR /eqP e]; move: h1 => /andP[h1 /eqP e1].
    by apply: arrival_same; rewrite ?e ?e1 //; exact: fixed_size_exchangeable.
  by exists 0 => i R h; have := none (i, R); rewrite h.
have cV : c = INR (s k) / (INR #|I| * INR 'C(#|I|.-1, sized k)).
  have := arrival_total k.
  rewrite (eq_bigr (fun i => \sum_(R : {set I} | (i \notin R) && (#|R| == sized k)) c)) => [|i _]; last first.
    by apply: eq_bigr => R; exact: cE.
  by rewrite card_pairs => <-; move: (INR _) (INR _) C0 I0 => a b a0 b0; field; lra.
rewrite (eq_bigr (fun i => c * \sum_(R : {set I} | (i \notin R) && (#|R| == sized k)) f i R)) => [|i _]; last first.
  by rewrite big_distrr /=; apply: eq_bigr => R iR; rewrite cE.
rewrite -big_distrr /= cV /Rdiv Rinv_mult.
by set a := / INR #|I|; set b := / INR 'C(_, _); ring.
Qed.

End Times.

Section FixedSize.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A) (s : 'I_N -> nat).
Hypotheses (total : (\sum_(k < N) s k)%N = #|I|) (L0 : (0 < #|I|)%N).
Local Notation W := (fixed_size total L0).

(** [(1/L) sum_k s_k z(S_(k-1))] and [(1/L) sum_j z(j)] *)
Definition profile_left_sum : R := (\sum_(k < N) INR (s k) * language_profile q (sized s k)) / INR #|I|.
Definition profile_mean : R := (\sum_(j < #|I|) language_profile q j) / INR #|I|.

Lemma fixed_size_conditional_entropies : conditional_entropies q W = profile_left_sum.
Proof.
rewrite /conditional_entropies (mean_sized total L0) /profile_left_sum /Rdiv big_distrl /=.
apply: eq_bigr => k _; rewrite big_distrl /language_profile /=.
by set a := / INR #|I|; set b := INR (s k); rewrite !Rmult_assoc; congr (_ * _); rewrite Rmult_comm.
Qed.

(** fixed-size/riemann-error *)
Theorem fixed_size_riemann_error :
  exact_denoiser q p -> path_kl q p W = Fin (profile_left_sum - profile_mean).
Proof.
move=> ex; rewrite path_kl_entropies learning_term_exact // fixed_size_conditional_entropies.
by rewrite /profile_mean language_area_profile //= Rplus_0_r.
Qed.

(** learning-error/fixed-size: any denoiser. *)
Theorem fixed_size_path_kl :
  path_kl q p W = xadd (Fin (profile_left_sum - profile_mean)) (learning_term q p W).
Proof. by rewrite path_kl_entropies fixed_size_conditional_entropies /profile_mean language_area_profile. Qed.

Variable m : nat.
Hypothesis max_size : forall k, (s k <= m)%N.
Local Notation z := (profile (H q)).

Lemma size_steps n : (n <= N)%N ->
  \sum_(k < N | (k < n)%N) INR (s k) * z (sized s k) - \sum_(j < sized s n) z j <=
  (INR m - 1) * (z 0%N - z (sized s n).-1).
Proof.
elim: n => [|n ih] nN; first by rewrite big_pred0 // sized0 big_ord0 /=; lra.
pose k := Ordinal nN; have {}ih := ih (ltnW nN).
rewrite (bigD1 k) //= (eq_bigl (fun k : 'I_N => (k < n)%N)) => [|l]; last by rewrite ltnS ltn_neqAle andbC.
have e : sized s n.+1 = (sized s n + s k)%N := sizedS s k.
case: (posnP (s k)) => [s0|s0].
  by rewrite e s0 addn0 INR_0 Rmult_0_l Rplus_0_l.
have le : (sized s n + s k <= #|I|)%N by rewrite -e sized_le.
have anti i j : (i <= j)%N -> (j < #|I|)%N -> z j <= z i by apply: profile_antitone; exact: H_diminishing.
rewrite e big_split_ord /=.
have cut : INR (s k) * z (sized s n) - \sum_(i < s k) z (sized s n + i)%N <=
    (INR (s k) - 1) * (z (sized s n) - z (sized s n + s k).-1).
  case: (s k) s0 le => // r _ le; rewrite big_ord_recl /= addn0 S_INR addnS /=.
  set later := \sum_(i < r) _; set first := z (sized s n); set last := z (sized s n + r)%N.
  suff : INR r * last <= later by nra.
  rewrite -{1}(card_ord r) -sum_constT; apply: sum_le => i _; apply: anti.
    by rewrite leq_add2l /bump leq0n add1n ltn_ord.
  by apply: leq_trans le; rewrite addnS.
have m1 : INR (s k) <= INR m by apply: INR_le; exact: max_size.
have s1 : 1 <= INR (s k) by rewrite -INR_1; apply: INR_le.
have d1 : z (sized s n) <= z (sized s n).-1.
  by apply: anti; [exact: leq_pred | apply: leq_trans le; rewrite -addn1 leq_add2l].
have d2 : z (sized s n + s k).-1 <= z (sized s n).
  by apply: anti; case: (s k) s0 le => // r _; rewrite addnS /= ?leq_addr.
set S := \sum_(l < N | _) _ in ih *; set T := \sum_(i < sized s n) _ in ih *; set U := \sum_(i < s k) _ in cut *.
have b1 : 0 <= (INR m - 1) * (z (sized s n).-1 - z (sized s n)) by apply: Rmult_le_pos; lra.
have b2 : 0 <= (INR m - INR (s k)) * (z (sized s n) - z (sized s n + s k).-1) by apply: Rmult_le_pos; lra.
by lra.
Qed.

(** fixed-size/left-sum *)
Theorem fixed_size_left_sum : profile_left_sum - profile_mean <=
  (INR m - 1) / INR #|I| * (total_correlation q + dual_total_correlation q).
Proof.
have := size_steps (leqnn N); rewrite (sizedN total) (eq_bigl predT) => [|k]; last by rewrite ltn_ord.
rewrite -language_total_drop !language_profileE /profile_left_sum /profile_mean.
rewrite (eq_bigr (fun k : 'I_N => INR (s k) * language_profile q (sized s k))) => [|k _]; last by rewrite language_profileE.
rewrite (eq_bigr (fun j : 'I_#|I| => language_profile q j)) => [|j _]; last by rewrite language_profileE.
set x := \sum_(k < N) _; set y := \sum_(j < #|I|) _; set d := _ - z _ => h.
have I0 := Rinv_0_lt_compat _ (INR_gt0 L0).
rewrite /Rdiv; set v := / INR #|I| in I0 *.
by have := Rmult_le_compat_r v _ _ (Rlt_le _ _ I0) h; nra.
Qed.

(** fixed-size/max-size *)
Theorem fixed_size_max_size : exact_denoiser q p ->
  xle (path_kl q p W) (Fin ((INR m - 1) / INR #|I| * (total_correlation q + dual_total_correlation q))).
Proof. by move=> ex; rewrite fixed_size_riemann_error //; exact: fixed_size_left_sum. Qed.

(** fixed-size/vocabulary *)
Theorem fixed_size_vocabulary : (0 < m)%N -> exact_denoiser q p ->
  xle (path_kl q p W) (Fin ((INR m - 1) * ln (INR #|A|))).
Proof.
move=> m0 ex; apply: xle_trans (fixed_size_max_size ex) _; rewrite /=.
have L1 := INR_gt0 L0; have m1 : 1 <= INR m by rewrite -INR_1; apply: INR_le.
have := total_drop_vocabulary q; set t := _ + _ => h.
have -> : (INR m - 1) * ln (INR #|A|) = (INR m - 1) / INR #|I| * (INR #|I| * ln (INR #|A|)) by field; lra.
by apply: Rmult_le_compat_l => //; apply: div_ge0; [lra | exact: Rlt_le].
Qed.

End FixedSize.
