(** Between KL and path KL: the logarithmic mean over the reveal times.

    Statements, in exponentials: [log-mean-path-kl/lower], [E exp (-D_tau) <= exp (-KL)]; [log-mean-path-kl/upper],
    [exp (-path KL) <= E exp (-D_tau)]; [sequence-error/from-log-mean], [SER <= 1 - E exp (-D_tau)]. An infinite
    divergence counts as [exp (- infinity) = 0].

    Proof of the first: by Jensen [exp (KL - D_tau)] is at most the mean over [q] of [p_tau / p], whose average over
    the reveal times is 1. *)
From Maskbound Require Export Sampler.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section LogMean.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A).
Variable W : law (sequences I (ordinal_finType N)).

(** [E exp (-D(q || p_tau))]; the logarithmic mean of the path KL is minus its logarithm. *)
Definition mean_exp : R := mean W (fun tau => xexp_opp (kl q (given_times p tau))).

Theorem log_mean_lower : mean_exp <= xexp_opp (kl q (output p W)).
Proof.
rewrite /kl; case: ifP => [/dominatedP dom|] /=; last first.
  move=> /negbT /forallPn[x]; rewrite negb_imply => /andP[/positiveP x0 /positiveP no].
  have none tau : W tau * given_times p tau x = 0.
    apply: (sum_eq0 (P := predT) (F := fun tau => W tau * given_times p tau x)) => // [t _|].
      by apply: Rmult_le_pos; [exact: pmf_ge0 | exact: given_times_ge0].
    by have := output_ge0 p W x; rewrite -/(output p W x); lra.
  rewrite -(mean_const W 0); apply: mean_le => tau w.
  rewrite /kl; case: ifP => [/dominatedP/(_ x x0) t0|_] /=; last lra.
  by have := none tau; have := Rmult_lt_0_compat _ _ w t0; lra.
set D := divergence q _.
apply: (Rle_trans _ (mean W (fun tau => exp (- D) * mean q (fun x => given_times p tau x / output p W x)))).
  apply: mean_le => tau w; rewrite /kl; case: ifP => [/dominatedP pos|_] /=; last first.
    apply: Rmult_le_pos; first exact: Rlt_le (exp_pos _).
    rewrite -(mean_const q 0); apply: mean_le => x x0.
    by apply: div_ge0; [exact: given_times_ge0 | exact: output_ge0].
  set m := mean q _.
  have ratio x : 0 < q x -> 0 < given_times p tau x / output p W x.
    by move=> x0; apply: div_gt0; [exact: pos | exact: dom].
  have m0 : 0 < m.
    have [x x0] := support_inhabited q; apply: (sum_gt0 (j := x)) => // [y _|].
      by apply: Rmult_le_pos; [exact: pmf_ge0 | apply: div_ge0; [exact: given_times_ge0 | exact: output_ge0]].
    by apply: Rmult_lt_0_compat => //; exact: ratio.
  have jensen := jensen_ln ratio.
  have e : mean q (fun x => ln (given_times p tau x / output p W x)) = D - divergence q (given_times p tau).
    rewrite /D -[divergence q (output p W)]/(mean q (fun x => ln (q x / output p W x))).
    rewrite -[divergence q _]/(mean q (fun x => ln (q x / given_times p tau x))) -mean_sub.
    apply: mean_eq => x x0; have o := dom x x0; have t := pos x x0.
    by rewrite !ln_div //; ring.
  rewrite e -/m in jensen.
  rewrite -[X in _ <= _ * X](exp_ln m) // -exp_plus.
  case: (Rle_lt_or_eq_dec _ _ jensen) => [lt|<-]; first by apply: Rlt_le; apply: exp_increasing; lra.
  by apply: Req_le; congr exp; ring.
rewrite mean_scale -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; first exact: Rlt_le (exp_pos _).
apply: Req_le; rewrite -[RHS](mean_const q 1) /mean.
transitivity (\sum_x q x * (output p W x / output p W x)); last first.
  by apply: mean_eq => x x0; have := dom x x0 => o; rewrite /Rdiv Rinv_r //; lra.
transitivity (\sum_tau \sum_x q x * (W tau * given_times p tau x / output p W x)).
  by apply: eq_bigr => tau _; rewrite big_distrr /=; apply: eq_bigr => x _; rewrite /Rdiv; ring.
rewrite exchange_big /=; apply: eq_bigr => x _.
by rewrite -big_distrr /= /Rdiv -big_distrl.
Qed.

Theorem log_mean_upper : xexp_opp (path_kl q p W) <= mean_exp.
Proof.
have [[_ ->]|[dom ->]] := path_kl_cases q p W.
  rewrite /= -(mean_const W 0); apply: mean_le => tau _.
  by case: kl => [r|] /=; [exact: Rlt_le (exp_pos _) | lra].
pose D (tau : {ffun I -> 'I_N}) := divergence q (given_times p tau).
have -> : mean_exp = mean W (fun tau => exp (- D tau)).
  by apply: mean_eq => tau /dom d; rewrite /kl d.
have m0 : 0 < mean W (fun tau => exp (- D tau)).
  have [tau w] := support_inhabited W; apply: (sum_gt0 (j := tau)) => // [t _|].
    by apply: Rmult_le_pos; [exact: pmf_ge0 | exact: Rlt_le (exp_pos _)].
  by apply: Rmult_lt_0_compat => //; exact: exp_pos.
have := @jensen_ln _ W (fun tau => exp (- D tau)) (fun tau _ => exp_pos _).
rewrite (mean_eq (G := fun tau => -1 * D tau)) => [|tau _]; last by rewrite ln_exp; ring.
rewrite mean_scale => jensen; rewrite -[X in _ <= X]exp_ln //=.
rewrite -Ropp_mult_distr_l Rmult_1_l in jensen.
case: jensen => [lt|e]; [exact: Rlt_le (exp_increasing _ _ lt) | exact: Req_le (congr1 exp e)].
Qed.

Theorem ser_from_log_mean : ser q (output p W) <= 1 - mean_exp.
Proof.
by have := ser_from_kl q (output_ge0 p W); have := log_mean_lower; lra.
Qed.

End LogMean.
