(** Bernoulli steps are a mixture of fixed sizes.

    Statements: [bernoulli/mixture-of-sizes-ser], [bernoulli/mixture-of-sizes-path-kl], [fixed-size/no-worse-ser],
    [fixed-size/no-worse-path-kl].

    Proof: reveal times with the same counts have the same probability, the product of the weights to these powers; so
    given the counts, whose law is multinomial, they are uniform. *)
From Maskbound Require Export Bernoulli FixedSize.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Mixture.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A) (w : law (ordinal_finType N)).
Local Notation sizes := {ffun 'I_N -> 'I_#|I|.+1}.

(** How many positions come at each step, and the law of these counts. *)
Definition count_at (tau : {ffun I -> 'I_N}) (k : 'I_N) : nat := #|[set i | tau i == k]|.

Lemma count_at_lt tau k : (count_at tau k < #|I|.+1)%N.
Proof. by rewrite ltnS; exact: max_card. Qed.

Definition counts (tau : {ffun I -> 'I_N}) : sizes := [ffun k => Ordinal (count_at_lt tau k)].
Definition multinomial : law (sequences (ordinal_finType N) (ordinal_finType #|I|.+1)) :=
  push_law (bernoulli I w) counts.

Definition sizes_of (n : sizes) (k : 'I_N) : nat := n k.
Definition of_sizes (n : sizes) : {ffun I -> 'I_N} -> R := fixed_size_times (sizes_of n).

Lemma has_sizes_counts (n : sizes) tau : has_sizes (sizes_of n) tau = (counts tau == n).
Proof.
apply/forallP/eqP => [h|<- k]; last by rewrite /sizes_of ffunE.
by apply/ffunP => k; apply: ord_inj; rewrite ffunE /=; apply/eqP; exact: h.
Qed.

Lemma bernoulli_counts tau : bernoulli_times w tau = \prod_(k < N) w k ^ count_at tau k.
Proof.
rewrite /bernoulli_times (partition_big (fun i => tau i) predT) //=; apply: eq_bigr => k _.
rewrite (eq_bigr (fun=> w k)) => [|i /eqP -> //].
by rewrite prod_const; congr (_ ^ _); apply: eq_card => i; rewrite inE.
Qed.

Theorem bernoulli_mixture tau : bernoulli_times w tau = mean multinomial (fun n => of_sizes n tau).
Proof.
rewrite /mean (bigD1 (counts tau)) //= big1 => [|n ne]; last first.
  by rewrite /of_sizes /fixed_size_times has_sizes_counts eq_sym (negbTE ne) Rmult_0_r.
rewrite Rplus_0_r /of_sizes /fixed_size_times has_sizes_counts eqxx.
have -> : push (bernoulli I w) counts (counts tau) =
    INR #|@has_sizes I N (sizes_of (counts tau))| * bernoulli_times w tau.
  rewrite /push (eq_bigr (fun=> bernoulli_times w tau)) => [|t /eqP e].
    by rewrite sum_const; congr (INR _ * _); apply: eq_card => t; rewrite -[RHS]/(has_sizes _ t) has_sizes_counts.
  rewrite /= !bernoulli_counts; apply: eq_bigr => k _; congr (_ ^ _).
  by have := congr1 (fun n => sizes_of n k) e; rewrite /sizes_of !ffunE.
have pos : 0 < INR #|@has_sizes I N (sizes_of (counts tau))|.
  by apply: INR_gt0; apply/card_gt0P; exists tau; rewrite -[_ \in _]/(has_sizes _ tau) has_sizes_counts eqxx.
by move: (INR _) pos => c c0; field; lra.
Qed.

Lemma mixture_sum (F : {ffun I -> 'I_N} -> R) :
  \sum_tau bernoulli_times w tau * F tau = mean multinomial (fun n => \sum_tau of_sizes n tau * F tau).
Proof.
rewrite mean_sum; apply: eq_bigr => tau _; rewrite bernoulli_mixture /mean big_distrl /=.
by apply: eq_bigr => n _; rewrite Rmult_assoc.
Qed.

Theorem output_mixture x : output p (bernoulli I w) x = mean multinomial (fun n => output p (of_sizes n) x).
Proof. exact: mixture_sum. Qed.

(** bernoulli/mixture-of-sizes-ser *)
Theorem ser_mixture : ser q (output p (bernoulli I w)) = mean multinomial (fun n => ser q (output p (of_sizes n))).
Proof.
rewrite /ser mean_sub mean_const mean_sum; congr (1 - _); apply: eq_bigr => x _; exact: output_mixture.
Qed.

Lemma of_sizes_ge0 n tau : 0 <= of_sizes n tau.
Proof.
rewrite /of_sizes /fixed_size_times; case: ifP => [h|_]; last lra.
by apply: Rlt_le; apply: Rinv_0_lt_compat; apply: INR_gt0; apply/card_gt0P; exists tau.
Qed.

(** bernoulli/mixture-of-sizes-path-kl *)
Theorem path_kl_mixture : path_kl q p (bernoulli I w) =
  \big[xadd/Fin 0]_(n : sizes) xscale (multinomial n) (path_kl q p (of_sizes n)).
Proof.
have scale_sum (T : finType) c (F : T -> xreal) : 0 <= c ->
    xscale c (\big[xadd/Fin 0]_t F t) = \big[xadd/Fin 0]_t xscale c (F t).
  by move=> c0; elim/big_rec2: _ => [|t x y _ <-]; [rewrite /= Rmult_0_r | rewrite xscale_add].
have scale_scale a b x : 0 <= a -> 0 <= b -> xscale a (xscale b x) = xscale (a * b) x.
  case: x => [r|] a0 b0 /=; first by rewrite Rmult_assoc.
  case: (positiveP b) => [b1|b1] /=; last first.
    have -> : b = 0 by lra.
    by rewrite Rmult_0_r; case: positiveP => //; lra.
  case: positiveP => [a1|a1]; first by rewrite (introT (positiveP _) (Rmult_lt_0_compat _ _ a1 b1)).
  have -> : a = 0 by lra.
  by rewrite Rmult_0_l; case: positiveP => //; lra.
rewrite /path_kl.
rewrite [RHS](eq_bigr (fun n : sizes => \big[xadd/Fin 0]_(tau : {ffun I -> 'I_N})
    xscale (multinomial n * of_sizes n tau) (kl q (given_times p tau)))) => [|n _]; last first.
  rewrite scale_sum; last exact: pmf_ge0.
  by apply: eq_bigr => tau _; rewrite scale_scale //; [exact: pmf_ge0 | exact: of_sizes_ge0].
rewrite exchange_big; apply: eq_bigr => tau _; rewrite -[bernoulli I w tau]/(bernoulli_times w tau) bernoulli_mixture.
have pos n : 0 <= multinomial n * of_sizes n tau by apply: Rmult_le_pos; [exact: pmf_ge0 | exact: of_sizes_ge0].
case: kl => [r|] /=.
  rewrite (xsum_fin (f := fun n : sizes => multinomial n * of_sizes n tau * r)) //.
  by rewrite /mean -big_distrl.
case: positiveP => [lt|ge].
  have : [exists n : sizes, positive (multinomial n * of_sizes n tau)].
    apply: contraT => /existsPn none; exfalso; move: lt; rewrite /mean big1; first lra.
    move=> n _; have := none n; case: positiveP => // h _; by have := pos n; rewrite /= in h *; lra.
  by case/existsP => n h; rewrite (@xsum_inf _ _ n) //= h.
rewrite (xsum_fin (f := fun=> 0)) => [|n]; first by rewrite big1.
case: positiveP => // h; case: ge; apply: (sum_gt0 (j := n)) => // m _; exact: pos.
Qed.

(** Sizes that can occur, one per law of counts. *)
Definition possible_sizes (n : sizes) : Prop := 0 < multinomial n.

Lemma possible_sizes_total n : possible_sizes n -> (\sum_(k < N) n k)%N = #|I|.
Proof.
move=> n0; have [tau /eqP e] : exists tau, counts tau == n.
  apply/existsP; apply: contraT => /existsPn none; exfalso.
  suff : multinomial n = 0 by move: n0; rewrite /possible_sizes; lra.
  by apply: big1 => tau e; have := none tau; rewrite e.
rewrite -[RHS]sum1_card [RHS](partition_big (fun i => tau i) predT) //=; apply: eq_bigr => k _.
by rewrite -e ffunE /= /count_at -sum1_card; apply: eq_bigl => i; rewrite inE.
Qed.

Lemma some_below (F : sizes -> R) r : mean multinomial F <= r -> exists2 n, possible_sizes n & F n <= r.
Proof.
move=> le; have : [exists n, positive (multinomial n) && ~~ positive (F n - r)].
  apply: contraT => /existsPn none; exfalso.
  have above n : 0 < multinomial n -> 0 < F n - r.
    by move=> n0; have := none n; rewrite (introT (positiveP _) n0) /= negbK => /positiveP.
  have [n0 pos] := support_inhabited multinomial.
  suff : 0 < mean multinomial (fun n => F n - r) by rewrite mean_sub mean_const; lra.
  apply: (sum_gt0 (j := n0)) => // [n _|]; last by apply: Rmult_lt_0_compat => //; exact: above.
  by have [->|n1] := pmf_cases multinomial n; [lra | apply: Rmult_le_pos; apply: Rlt_le => //; exact: above].
by case/existsP => n /andP[/positiveP n0 /positiveP below]; exists n => //; lra.
Qed.

(** fixed-size/no-worse-ser *)
Theorem some_sizes_no_worse_ser : exists2 n : sizes, (\sum_(k < N) n k)%N = #|I| &
  ser q (output p (of_sizes n)) <= ser q (output p (bernoulli I w)).
Proof.
have [|n n0 le] := @some_below (fun n => ser q (output p (of_sizes n))) (ser q (output p (bernoulli I w))).
  by rewrite ser_mixture; exact: Rle_refl.
by exists n => //; exact: possible_sizes_total.
Qed.

(** fixed-size/no-worse-path-kl *)
Theorem some_sizes_no_worse_path_kl : exists2 n : sizes, (\sum_(k < N) n k)%N = #|I| &
  xle (path_kl q p (of_sizes n)) (path_kl q p (bernoulli I w)).
Proof.
case E : (path_kl q p (bernoulli I w)) => [r|]; last first.
  have [n n0] := support_inhabited multinomial.
  by exists n; [exact: possible_sizes_total | case: path_kl].
pose finite n := if path_kl q p (of_sizes n) is Fin a then a else 0.
have fin n : possible_sizes n -> path_kl q p (of_sizes n) = Fin (finite n).
  rewrite /finite => n0; case F : (path_kl q p (of_sizes n)) => [a|] //.
  move: E; rewrite path_kl_mixture (@xsum_inf _ _ n) // F /= (introT (positiveP _) n0) //.
have [|n n0 le] := @some_below finite r; last first.
  by exists n; [exact: possible_sizes_total | rewrite fin].
move: E; rewrite path_kl_mixture (xsum_fin (f := fun n => multinomial n * finite n)) => [[<-]|n]; first exact: Rle_refl.
have [e|n0] := pmf_cases multinomial n; last by rewrite fin.
by rewrite e Rmult_0_l; case: path_kl => [a|] /=; [rewrite Rmult_0_l | case: positiveP => //; lra].
Qed.

End Mixture.
