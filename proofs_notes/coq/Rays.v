(** Inequalities that are linear in the profile and in log V, for every language at once.

    Statement: [rays_suffice]. Such an inequality holds for every language of length [L] if it holds at [L + 1] points:
    for [K = 0, .., L] the profile that is [L] up to [K] and 0 from [K] on, with [log V = 1]. (They are the profiles of
    maximum-distance-separable codes of rank [K], so the points are necessary, too; that is not proved here.)

    Proof: the profile does not increase, ends at 0 or above and starts at [L log V] or below. Sum by parts. *)
From Maskbound Require Export Information.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Rays.
Variables (I A : finType) (q : law (sequences I A)).
Hypothesis L0 : (0 < #|I|)%N.
Local Notation z := (language_profile q).

Lemma profile_end_ge0 : 0 <= z #|I|.-1.
Proof.
rewrite language_profileE profile_end; apply: sum_ge0 => i _.
by have := H_monotone q (subsetT ([set: I] :\ i)); lra.
Qed.

Lemma profile_start_le : z 0%N <= INR #|I| * ln (INR #|A|).
Proof.
rewrite language_profileE profile_start -sum_constT; apply: sum_le => i _.
by rewrite H_none H_one Rminus_0_r; exact: (entropy_le_log_card (push_law q (token i))).
Qed.

Theorem rays_suffice (c : nat -> R) (g : R) :
  (forall K, (K <= #|I|)%N -> 0 <= INR #|I| * (\sum_(j < K) c j) + g) ->
  0 <= \sum_(j < #|I|) c j * z j + g * ln (INR #|A|).
Proof.
move=> rays; have start := profile_start_le; have stop := profile_end_ge0.
move: rays start stop; move LE : (INR #|I|) (INR_gt0 L0) => l l0 rays start stop.
have g0 : 0 <= g by have := rays 0%N (leq0n _); rewrite big_ord0; lra.
have part K : (K <= #|I|)%N -> 0 <= \sum_(j < K) c j + g / l.
  move=> KL; have := Rmult_le_pos _ _ (rays K KL) (Rlt_le _ _ (Rinv_0_lt_compat _ l0)).
  by have -> : (l * (\sum_(j < K) c j) + g) * / l = \sum_(j < K) c j + g / l by field; lra.
have parts n : (n.+1 <= #|I|)%N ->
    (\sum_(j < n.+1) c j + g / l) * z n <= \sum_(j < n.+1) c j * z j + g / l * z 0%N.
  elim: n => [|n ih] nL; first by rewrite !big_ord_recr !big_ord0 /=; lra.
  have {}ih := ih (ltnW nL); have dec := language_profile_non_increasing q nL.
  rewrite big_ord_recr [X in _ <= X + _]big_ord_recr /=.
  have := Rmult_le_compat_l _ _ _ (part n.+1 (ltnW nL)) dec.
  set a := \sum_(j < n.+1) c j in ih *; set b := \sum_(j < n.+1) c j * z j in ih *.
  by move: (z n) (z n.+1) ih => u v ih h; lra.
have last := parts #|I|.-1; rewrite prednK // in last; have {}last := last (leqnn _).
have end0 := Rmult_le_pos _ _ (part _ (leqnn _)) stop.
have first : g / l * z 0%N <= g * ln (INR #|A|).
  have gl : 0 <= g / l by apply: div_ge0; lra.
  apply: Rle_trans (Rmult_le_compat_l _ _ _ gl start) _; apply: Req_le.
  by move: (ln _) => v; field; lra.
by move: (\sum_(j < _) _ * _) last first => S last first; lra.
Qed.

End Rays.
