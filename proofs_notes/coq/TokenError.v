(** Token and sequence error rates of whole samplers, for every language and every denoiser.

    Statements: [token-error/identity], [token-error/bernoulli], [token-error/fixed-size], [token-error/feng-form],
    [sequence-error/sufficient-steps]. *)
From Maskbound Require Export Bernoulli FixedSize.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Lemma per_token h a b r eps : 0 < a -> r <= b + a * eps -> h + / a * r <= h + eps + b / a.
Proof.
move=> a0 le; have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ (Rinv_0_lt_compat _ a0)) le.
have -> : / a * (b + a * eps) = b / a + eps by field; lra.
by lra.
Qed.

Lemma half_of a b : 0 < a -> a * (b / (2 * a)) = b / 2.
Proof. by move=> a0; field; lra. Qed.

Section TokenError.
Variables (I A : finType) (q : law (sequences I A)).
Local Notation L := (INR #|I|).

(** [log TER(p) = -(1/L) E_q log p], infinite when [p] forbids what [q] allows; [log TER(q) = H(q)/L]. *)
Definition log_ter (p : sequence I A -> R) : xreal :=
  if dominated q p then Fin (- mean q (fun x => ln (p x)) / L) else Inf.
Definition log_ter_language : R := entropy q / L.

Hypothesis L0 : (0 < #|I|)%N.

Lemma L_inv : 0 < / L.
Proof. exact: Rinv_0_lt_compat (INR_gt0 L0). Qed.

(** token-error/identity *)
Theorem token_error_identity p : log_ter p = xadd (Fin log_ter_language) (xscale (/ L) (kl q p)).
Proof.
rewrite /log_ter /kl; case: ifP => [/dominatedP dom|_] /=; last by rewrite (introT (positiveP _) L_inv).
congr Fin; rewrite /log_ter_language /entropy /divergence; pose M := mean q (fun x => ln (p x)).
rewrite -[mean q _]/M.
have -> : \sum_x q x * ln (q x / p x) = \sum_x q x * ln (q x) - M.
  by rewrite -[LHS]/(mean q _) -[X in _ = X - _]/(mean q (fun x => ln (q x))) -mean_sub;
     apply: mean_eq => x x0; rewrite ln_div //; exact: dom.
by move: M (\sum_x _) (INR _) => M S a; rewrite /Rdiv; ring.
Qed.

Lemma token_error_of_path N (p : denoiser I A) (W : law (sequences I (ordinal_finType N))) eps b :
  learned_within q p eps -> conditional_entropies q W - entropy q <= b ->
  xle (log_ter (output p W)) (Fin (log_ter_language + eps + b / L)).
Proof.
move=> small le.
have : xle (kl q (output p W)) (Fin (b + L * eps)).
  apply: xle_trans (kl_le_path_kl q p W) _; rewrite path_kl_entropies.
  by have := learning_term_le W small; case: learning_term => //= r; lra.
rewrite token_error_identity; case: kl => //= r h.
exact: (per_token log_ter_language (INR_gt0 L0) h).
Qed.

Section Steps.
Variables (N : nat) (p : denoiser I A) (eps : R).
Hypothesis small : learned_within q p eps.
Local Notation drop := (total_correlation q + dual_total_correlation q).

(** token-error/bernoulli *)
Theorem token_error_bernoulli (w : law (ordinal_finType N)) m : (forall k, w k <= m) ->
  xle (log_ter (output p (bernoulli I w))) (Fin (log_ter_language + eps + m * drop / L)).
Proof.
by move=> hm; apply: token_error_of_path => //; rewrite bernoulli_conditional_entropies; exact: bernoulli_left_sum.
Qed.

Theorem token_error_bernoulli_vocabulary (w : law (ordinal_finType N)) m : (forall k, w k <= m) ->
  xle (log_ter (output p (bernoulli I w))) (Fin (log_ter_language + eps + m * ln (INR #|A|))).
Proof.
move=> hm; apply: xle_trans (token_error_bernoulli hm) _; rewrite /=.
have [k _] := support_inhabited w; have m0 : 0 <= m by have := hm k; have := pmf_ge0 w k; lra.
apply: Rplus_le_compat_l; rewrite /Rdiv Rmult_assoc; apply: Rmult_le_compat_l => //.
have := Rmult_le_compat_r _ _ _ (Rlt_le _ _ L_inv) (total_drop_vocabulary q).
suff -> : L * ln (INR #|A|) * / L = ln (INR #|A|) by [].
by field; apply: Rgt_not_eq; exact: INR_gt0.
Qed.

(** token-error/fixed-size *)
Theorem token_error_fixed_size (s : 'I_N -> nat) (total : (\sum_(k < N) s k)%N = #|I|) m :
  (forall k, (s k <= m)%N) ->
  xle (log_ter (output p (fixed_size total L0))) (Fin (log_ter_language + eps + (INR m - 1) / L * drop / L)).
Proof.
move=> hm; apply: token_error_of_path => //; rewrite fixed_size_conditional_entropies.
by have := fixed_size_left_sum q total L0 hm; rewrite /profile_mean language_area_profile.
Qed.

(** token-error/feng-form: [N >= 1/(4 e)] steps of weight [1/N]. *)
Theorem token_error_feng_form (w : law (ordinal_finType N)) e :
  (forall k, w k = / INR N) -> 0 < e -> / (4 * e) <= INR N ->
  xle (log_ter (output p (bernoulli I w))) (Fin (log_ter_language + eps + 4 * e * ln (INR #|A|))).
Proof.
move=> uniform e0 steps; apply: token_error_bernoulli_vocabulary => k; rewrite uniform.
have e4 : 0 < 4 * e by lra.
rewrite -[4 * e]Rinv_inv; apply: Rinv_le_contravar => //; exact: Rinv_0_lt_compat.
Qed.

(** sequence-error/sufficient-steps *)
Theorem sequence_error_sufficient_steps (w : law (ordinal_finType N)) delta :
  (forall k, w k = / INR N) -> 0 < delta < 1 ->
  eps <= ln (/ (1 - delta)) / (2 * L) -> 2 * drop / ln (/ (1 - delta)) <= INR N ->
  ser q (output p (bernoulli I w)) <= delta.
Proof.
move=> uniform d01; set lam := ln _ => heps hN.
have [k _] := support_inhabited w.
have N0 : 0 < INR N by apply: INR_gt0; apply: leq_ltn_trans (ltn_ord k).
have L1 := INR_gt0 L0.
have lam0 : 0 < lam.
  rewrite -ln_1 /lam; apply: ln_increasing; first lra.
  by rewrite -Rinv_1; apply: Rinv_lt_contravar; lra.
suff le : xle (path_kl q p (bernoulli I w)) (Fin lam).
  apply: Rle_trans (ser_from_path_kl q p (bernoulli I w)) _.
  have := xexp_opp_le le; rewrite /= /lam ln_Rinv ?Ropp_involutive ?exp_ln; lra.
have drops : drop / INR N <= lam / 2.
  have := Rmult_le_compat_r (lam / (2 * INR N)) _ _ _ hN.
  have -> : 2 * drop / lam * (lam / (2 * INR N)) = drop / INR N by field; lra.
  have -> : INR N * (lam / (2 * INR N)) = lam / 2 by field; lra.
  by apply; apply: div_ge0; lra.
have hm l : w l <= / INR N by rewrite uniform; lra.
have left := bernoulli_left_sum q hm.
have learn : L * eps <= lam / 2.
  have := Rmult_le_compat_l L _ _ (Rlt_le _ _ L1) heps.
  by rewrite half_of.
rewrite path_kl_entropies bernoulli_conditional_entropies.
have := learning_term_le (bernoulli I w) small; case: learning_term => //= r h.
have {}h := Rle_trans _ _ _ h learn.
have e : / INR N * drop = drop / INR N by exact: Rmult_comm.
by rewrite e in left; have := Rle_trans _ _ _ left drops; lra.
Qed.

End Steps.
End TokenError.
