(** The sampler: a denoiser, reveal times that do not depend on the tokens, the law of the output and its path KL.

    Statements: [kl-path-kl/given-times] as [kl_le_path_kl], [sequence-error/from-path-kl] as [ser_from_path_kl],
    and the path KL in entropies: [kl_given_times] (any denoiser: the learning errors are added),
    [kl_given_times_exact] (exact denoiser).

    Proof of the last: given the reveal times, the output law is a product of predicted conditionals. Insert the
    exact ones; the chain rule turns the first part into entropies, the second is a divergence in each context. *)
From Maskbound Require Export Information Towers.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Definitions *)

Section Definitions.
Variables (I A : finType).

(** A denoiser gives a law of the token at a position, whatever it sees; less than a law under the rule [stop],
    which abandons sequences that are impossible already. *)
Record denoiser := Denoiser {
  predict :> I -> partial I A -> A -> R;
  predict_ge0 : forall i c a, 0 <= predict i c a;
  predict_sum : forall i c, \sum_a predict i c a <= 1 }.

Definition known (c : partial I A) : {set I} := [set i | c i != None].

(** [q(x_R)] and [q(x_i | x_R)] of a partial sequence [c = x_R]. *)
Definition context (q : sequence I A -> R) (c : partial I A) := push q (show (known c)) c.
Definition exact_conditional (q : sequence I A -> R) (i : I) (c : partial I A) : A -> R :=
  push (given q (show (known c)) c) (token i).

Definition exact_denoiser (q : sequence I A -> R) (p : denoiser) :=
  forall (i : I) (c : partial I A) (a : A), c i = None -> 0 < context q c -> p i c a = exact_conditional q i c a.

(** Reveal times in [N] steps: position [i] is revealed at step [tau i]; what is known before. *)
Variable N : nat.
Definition times := {ffun I -> 'I_N}.
Definition before (tau : times) (i : I) : {set I} := [set j | (tau j < tau i)%N].

Definition given_times (p : denoiser) (tau : times) (x : sequence I A) : R :=
  \prod_i p i (show (before tau i) x) (x i).

Definition output (p : denoiser) (W : {ffun I -> 'I_N} -> R) (x : sequence I A) : R :=
  \sum_(tau : {ffun I -> 'I_N}) W tau * given_times p tau x.

Definition path_kl (q : sequence I A -> R) (p : denoiser) (W : {ffun I -> 'I_N} -> R) : xreal :=
  \big[xadd/Fin 0]_(tau : {ffun I -> 'I_N}) xscale (W tau) (kl q (given_times p tau)).

(** [D(q(.|c) || p(.|c))], and its mean over what is seen at the positions in [R]. *)
Definition learning_error_in (q : sequence I A -> R) (p : denoiser) (i : I) (c : partial I A) : xreal :=
  kl (exact_conditional q i c) (p i c).
Definition learning_error (q : sequence I A -> R) (p : denoiser) (i : I) (R : {set I}) : xreal :=
  \big[xadd/Fin 0]_(c : partial I A) xscale (push q (show R) c) (learning_error_in q p i c).

(** [eps] bounds the learning error in every possible context: [eps_learning <= eps]. *)
Definition learned_within (q : sequence I A -> R) (p : denoiser) (eps : R) :=
  forall (i : I) (c : partial I A), c i = None -> 0 < context q c -> xle (learning_error_in q p i c) (Fin eps).

End Definitions.

(** ** Sums with infinity *)

Lemma xsum_fin (T : finType) (F : T -> xreal) (f : T -> R) :
  (forall t, F t = Fin (f t)) -> \big[xadd/Fin 0]_t F t = Fin (\sum_t f t).
Proof. by move=> e; elim/big_rec2: _ => // t x y _ ->; rewrite e. Qed.

Lemma xsum_inf (T : finType) (F : T -> xreal) j : F j = Inf -> \big[xadd/Fin 0]_t F t = Inf.
Proof. by move=> e; rewrite (bigD1 j) //= e. Qed.

Lemma xle_sum (T : finType) (F G : T -> xreal) :
  (forall t, xle (F t) (G t)) -> xle (\big[xadd/Fin 0]_t F t) (\big[xadd/Fin 0]_t G t).
Proof.
by move=> h; elim/big_ind2: _ => [|[a|] [b|] [c|] [d|]|] //=; lra.
Qed.

Lemma xscale_le c x y : 0 <= c -> xle x y -> xle (xscale c x) (xscale c y).
Proof.
case: x y => [a|] [b|] //= c0 h; first exact: Rmult_le_compat_l.
  by case: positiveP => //= n; rewrite (_ : c = 0); lra.
exact: xle_refl.
Qed.

Lemma xscale_add c x y : 0 <= c -> xscale c (xadd x y) = xadd (xscale c x) (xscale c y).
Proof.
case: x y => [a|] [b|] //= c0; rewrite ?Rmult_plus_distr_l //; case: positiveP => //= n.
all: have e : c = 0 by lra.
all: by rewrite ?e ?Rmult_0_l ?Rplus_0_l.
Qed.

Section Sampler.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A).
Implicit Types (tau : {ffun I -> 'I_N}) (x : sequence I A).

Lemma given_times_ge0 tau x : 0 <= given_times p tau x.
Proof. by apply: prod_ge0 => i _; apply: predict_ge0. Qed.

Lemma given_times_causal tau i (x y : sequence I A) : x i = y i ->
  (forall j, (tau j < tau i)%N -> x j = y j) -> p i (show (before tau i) x) (x i) = p i (show (before tau i) y) (y i).
Proof.
move=> own earlier; rewrite own; congr (p i _ _).
by apply/show_eqP => j; rewrite inE; apply: earlier.
Qed.

Lemma show_put tau i x a : show (before tau i) (put x i a) = show (before tau i) x.
Proof. by apply/show_eqP => j; rewrite inE ffunE; case: eqP => // ->; rewrite ltnn. Qed.

Lemma given_times_own_sum tau i x : \sum_a p i (show (before tau i) (put x i a)) (put x i a i) =
  \sum_a p i (show (before tau i) x) a.
Proof. by apply: eq_bigr => a _; rewrite show_put ffunE eqxx. Qed.

(** Given the reveal times, the output has a law, unless sequences are abandoned. *)
Lemma given_times_mass tau (x0 : sequence I A) : \sum_x given_times p tau x <= 1.
Proof.
rewrite -[X in _ <= X](pow1 #|I|) -(prod_const predT).
apply: (tower_le (time := fun i => tau i) (G := fun i x => p i (show (before tau i) x) (x i)) x0) => //.
- by move=> i x; apply: predict_ge0.
- exact: given_times_causal.
- by move=> i; lra.
- by move=> i x; rewrite given_times_own_sum; exact: predict_sum.
Qed.

Theorem given_times_sum tau (x0 : sequence I A) :
  (forall i c, \sum_a p i c a = 1) -> \sum_x given_times p tau x = 1.
Proof.
move=> proper; rewrite -[RHS](pow1 #|I|) -(prod_const predT).
apply: (tower_eq (time := fun i => tau i) (G := fun i x => p i (show (before tau i) x) (x i)) x0) => //.
- by move=> i x; apply: predict_ge0.
- exact: given_times_causal.
- by move=> i; lra.
- by move=> i x; rewrite given_times_own_sum proper.
Qed.

(** ** Averaging over the reveal times *)

Section Average.
Variable W : law (sequences I (ordinal_finType N)).

Lemma output_ge0 x : 0 <= output p W x.
Proof. by apply: sum_ge0 => tau _; apply: Rmult_le_pos; [apply: pmf_ge0 | apply: given_times_ge0]. Qed.

Lemma output_mass (x0 : sequence I A) : \sum_x output p W x <= 1.
Proof.
rewrite /output exchange_big -(pmf_sum W) /=; apply: sum_le => tau _.
rewrite -big_distrr /= -[X in _ <= X]Rmult_1_r; apply: Rmult_le_compat_l; first exact: pmf_ge0.
exact: given_times_mass.
Qed.

Lemma ser_ge0 : 0 <= ser q (output p W).
Proof.
have [x0 _] := support_inhabited q; have := output_mass x0.
suff : \sum_(x | positive (q x)) output p W x <= \sum_x output p W x by rewrite /ser; lra.
by rewrite big_mkcond; apply: sum_le => x _; have := output_ge0 x; case: ifP => _; lra.
Qed.

Theorem output_sum (x0 : sequence I A) : (forall i c, \sum_a p i c a = 1) -> \sum_x output p W x = 1.
Proof.
move=> proper; rewrite /output exchange_big -(pmf_sum W) /=; apply: eq_bigr => tau _.
by rewrite -big_distrr /= given_times_sum // Rmult_1_r.
Qed.

(** [path_kl] is finite iff every [tau] of positive probability allows what [q] does. *)
Lemma path_kl_cases :
  (exists2 tau, 0 < W tau & dominated q (given_times p tau) = false) /\ path_kl q p W = Inf \/
  (forall tau, 0 < W tau -> dominated q (given_times p tau)) /\
  path_kl q p W = Fin (mean W (fun tau => divergence q (given_times p tau))).
Proof.
case: (boolP [exists tau, positive (W tau) && ~~ dominated q (given_times p tau)]) => [|none].
  move=> /existsP[tau /andP[w /negbTE d]]; left; split; first by exists tau => //; exact/positiveP.
  by apply: (@xsum_inf _ _ tau); rewrite /kl d /= w.
have dom tau : 0 < W tau -> dominated q (given_times p tau).
  move=> w; move/existsPn: none => /(_ tau); rewrite (introT (positiveP _) w) /=; exact: negbNE.
right; split=> //; apply: xsum_fin => tau; rewrite /kl; case: ifP => // d /=.
case: positiveP => [/dom|w]; first by rewrite d.
by have [->|//] := pmf_cases W tau; rewrite Rmult_0_l.
Qed.

(** kl-path-kl/given-times *)
Theorem kl_le_path_kl : xle (kl q (output p W)) (path_kl q p W).
Proof.
have [[_ ->]|[dom ->]] := path_kl_cases; first by case: (kl _ _).
have [tau0 W0] := support_inhabited W.
have out x : 0 < q x -> 0 < output p W x.
  move=> x0; apply: (sum_gt0 (j := tau0)) => // [tau _|].
    by apply: Rmult_le_pos; [apply: pmf_ge0 | apply: given_times_ge0].
  by apply: Rmult_lt_0_compat => //; move/dominatedP: (dom tau0 W0) => /(_ x x0).
rewrite /kl (introT (dominatedP _ _) out) /= /divergence -/(mean q _).
have -> : mean W (fun tau => \sum_x q x * ln (q x / given_times p tau x)) =
  mean q (fun x => mean W (fun tau => ln (q x / given_times p tau x))).
  by rewrite mean_sum; apply: eq_bigr => x _; rewrite mean_scale.
apply: mean_le => x x0; have o := out x x0.
have pos tau : 0 < W tau -> 0 < given_times p tau x by move=> w; move/dominatedP: (dom tau w); apply.
have -> : mean W (fun tau => ln (q x / given_times p tau x)) =
          mean W (fun tau => ln (q x) - ln (given_times p tau x)).
  by apply: mean_eq => tau /pos t0; rewrite ln_div.
rewrite mean_sub mean_const ln_div //; apply: Rplus_le_compat_l; apply: Ropp_le_contravar.
exact: (jensen_ln (f := fun tau => given_times p tau x)).
Qed.

(** sequence-error/from-path-kl *)
Theorem ser_from_path_kl : ser q (output p W) <= 1 - xexp_opp (path_kl q p W).
Proof.
have := ser_from_kl q output_ge0; have := xexp_opp_le kl_le_path_kl; lra.
Qed.

End Average.

(** ** Contexts *)

Lemma known_show (R : {set I}) x : known (show R x) = R.
Proof. by apply/setP => i; rewrite inE ffunE; case: (i \in R). Qed.

Lemma context_show (R : {set I}) x : context q (show R x) = seen q (show R) x.
Proof. by rewrite /context known_show. Qed.

Lemma push_show_gt0 (R : {set I}) c : 0 < push q (show R) c -> exists2 x, 0 < q x & show R x = c.
Proof.
move=> c0; have : [exists x, positive (q x) && (show R x == c)].
  apply: contraT => /existsPn none; exfalso; suff : push q (show R) c = 0 by lra.
  rewrite /push big1 // => x e; have := none x; rewrite e andbT.
  by case: positiveP => // n; have [->|] := pmf_cases q x.
by case/existsP => x /andP[/positiveP x0 /eqP e]; exists x.
Qed.

Lemma exact_conditional_show (R : {set I}) i x a : exact_conditional q i (show R x) a =
  push q (fun y => (token i y, show R y)) (a, show R x) / seen q (show R) x.
Proof. by rewrite /exact_conditional known_show push_given. Qed.

(** The exact conditional of [x]'s own token at [i] given its tokens at [R]. *)
Definition own_conditional (i : I) (R : {set I}) x :=
  seen q (fun y => (token i y, show R y)) x / seen q (show R) x.

Lemma own_conditional_gt0 i R x : 0 < q x -> 0 < own_conditional i R x.
Proof. by move=> x0; apply: div_gt0; apply: seen_gt0. Qed.

Lemma H_given_mean i R : H_given q i R = mean q (fun x => - ln (own_conditional i R x)).
Proof. exact: entropy_given_mean. Qed.

Definition allows (i : I) (R : {set I}) : bool := [forall x, positive (q x) ==> positive (p i (show R x) (x i))].

Lemma allowsP i R : reflect (forall x, 0 < q x -> 0 < p i (show R x) (x i)) (allows i R).
Proof.
apply: (iffP forallP) => h x; first by move=> /positiveP x0; apply/positiveP; move: (h x); rewrite x0.
by apply/implyP => /positiveP /h /positiveP.
Qed.

Lemma learning_errorE i R : learning_error q p i R =
  if allows i R then Fin (mean q (fun x => ln (own_conditional i R x / p i (show R x) (x i)))) else Inf.
Proof.
case: ifP => [/allowsP ok|]; last first.
  rewrite /allows => /negbT /forallPn[x]; rewrite negb_imply => /andP[/positiveP x0 bad].
  apply: (@xsum_inf _ _ (show R x)).
  have c0 : 0 < push q (show R) (show R x) by apply: seen_gt0.
  rewrite /learning_error_in /kl /dominated (introF forallP) /= => [|/(_ (x i))].
    by rewrite (introT (positiveP _) c0).
  rewrite (negbTE bad) implybF exact_conditional_show => /negP; apply; apply/positiveP.
  exact: own_conditional_gt0.
pose gf (y : sequence I A) := (token i y, show R y).
pose F (ac : A * partial I A) := ln (push q gf ac / push q (show R) ac.2 / p i ac.2 ac.1).
have -> : mean q (fun x => ln (own_conditional i R x / p i (show R x) (x i))) = mean (push q gf) F.
  by rewrite push_mean.
rewrite (_ : mean (push q gf) F = \sum_c \sum_a push q gf (a, c) * F (a, c)); last first.
  by rewrite exchange_big pair_bigA /=; apply: eq_bigr => -[a c].
apply: xsum_fin => c.
have [e|[c0|//]] : push q (show R) c = 0 \/ 0 < push q (show R) c \/ False.
  by have := push_ge0 q (show R) c; lra.
  rewrite e big1 => [|a _]; last first.
    suff -> : push q gf (a, c) = 0 by rewrite Rmult_0_l.
    apply: (sum_eq0 (P := predT) (F := fun a => push q gf (a, c))) => // [b _|]; first exact: push_ge0.
    by rewrite -push_pair_r.
  by case: learning_error_in => [r|] /=; rewrite ?Rmult_0_l //; case: positiveP => //; lra.
have [x x0 ec] := push_show_gt0 c0.
have cond a : exact_conditional q i c a = push q gf (a, c) / push q (show R) c.
  by rewrite -ec exact_conditional_show.
rewrite /learning_error_in /kl /dominated (introT forallP) => [|a] /=; last first.
  apply/implyP => /positiveP; rewrite cond => ca; apply/positiveP.
  have [y y0 ey] : exists2 y, 0 < q y & gf y = (a, c).
    have : [exists y, positive (q y) && (gf y == (a, c))].
      apply: contraT => /existsPn none; exfalso; move: ca.
      rewrite /push big1 => [|y e]; first by rewrite /Rdiv Rmult_0_l; lra.
      by have := none y; rewrite e andbT; case: positiveP => // n _; have [->|] := pmf_cases q y.
    by case/existsP => y /andP[/positiveP y0 /eqP e]; exists y.
  by case: ey => ea es; rewrite -ea -es; apply: ok.
congr Fin; rewrite /divergence big_distrr /=; apply: eq_bigr => a _.
by rewrite /F /= cond -Rmult_assoc; congr (_ * _); apply: mul_divK; exact: Rgt_not_eq.
Qed.

(** ** The path KL in entropies *)

Lemma dominated_given_times tau : dominated q (given_times p tau) = [forall i, allows i (before tau i)].
Proof.
apply/dominatedP/forallP => [h i|h x x0]; last first.
  by apply: prod_gt0 => i _; move/allowsP: (h i); apply.
apply/allowsP => x /h; rewrite /given_times (bigD1 i) //=.
case: (predict_ge0 p i (show (before tau i) x) (x i)) => // <-; rewrite Rmult_0_l; lra.
Qed.

(** Any denoiser: learning errors are added. *)
Theorem kl_given_times tau : kl q (given_times p tau) =
  xadd (Fin (\sum_i H_given q i (before tau i) - entropy q))
       (\big[xadd/Fin 0]_i learning_error q p i (before tau i)).
Proof.
rewrite /kl dominated_given_times; case: ifP => [ok|]; last first.
  move=> /negbT /forallPn[i /negbTE bad].
  by rewrite (@xsum_inf _ _ i) // learning_errorE bad.
rewrite (xsum_fin (f := fun i =>
  mean q (fun x => ln (own_conditional i (before tau i) x / p i (show (before tau i) x) (x i))))); last first.
  by move=> i; rewrite learning_errorE (forallP ok).
congr Fin; rewrite (eq_bigr _ (fun i _ => H_given_mean i (before tau i))) -!mean_sum.
have -> : entropy q = mean q (fun x => - ln (q x)) by rewrite /entropy -sum_opp; apply: eq_bigr => x _; lra.
rewrite -mean_sub -mean_add -/(mean q _); apply: mean_eq => x x0.
have p0 i : 0 < p i (show (before tau i) x) (x i) by move/allowsP: (forallP ok i); apply.
have c0 i := own_conditional_gt0 i (before tau i) x0.
rewrite ln_div // ?ln_prod //; last exact: prod_gt0.
have -> : \sum_i ln (own_conditional i (before tau i) x / p i (show (before tau i) x) (x i)) =
  \sum_i (ln (own_conditional i (before tau i) x) - ln (p i (show (before tau i) x) (x i))).
  by apply: eq_bigr => i _; rewrite ln_div.
by rewrite sum_sub sum_opp; lra.
Qed.

Lemma learning_error_ge0 i R : xle (Fin 0) (learning_error q p i R).
Proof.
rewrite (_ : Fin 0 = \big[xadd/Fin 0]_(c : partial I A) Fin 0); last first.
  by rewrite (xsum_fin (f := fun=> 0)) // big1.
apply: xle_sum => c.
have := push_ge0 q (show R) c; case=> [c0|<-]; last first.
  by case: learning_error_in => [r|] /=; [lra | case: positiveP => //=; lra].
have [x x0 e] := push_show_gt0 c0.
rewrite /learning_error_in.
have cond_ge0 a : 0 <= exact_conditional q i c a.
  by rewrite -e exact_conditional_show; apply: div_ge0; apply: push_ge0.
have cond_sum : \sum_a exact_conditional q i c a = 1.
  rewrite (eq_bigr (fun a => push q (fun y => (token i y, show R y)) (a, c) / push q (show R) c)).
    by rewrite -big_distrl /= -push_pair_r; field; lra.
  by move=> a _; rewrite -e exact_conditional_show.
have := gibbs (Law cond_ge0 cond_sum) (predict_ge0 p i c) (predict_sum p i c).
rewrite /=; case: kl => [r|] /=; last by case: positiveP.
by move=> r0; apply: Rmult_le_pos; lra.
Qed.

Lemma learning_error_le eps i (R : {set I}) :
  learned_within q p eps -> i \notin R -> xle (learning_error q p i R) (Fin eps).
Proof.
move=> small iR.
rewrite (_ : Fin eps = \big[xadd/Fin 0]_(c : partial I A) xscale (push q (show R) c) (Fin eps)).
  apply: xle_sum => c; have := push_ge0 q (show R) c; case=> [c0|<-]; last first.
    by rewrite /xscale; case: learning_error_in => [r|] /=; [lra | case: positiveP => //=; lra].
  apply: xscale_le; first lra.
  have [x x0 e] := push_show_gt0 c0; rewrite -e in c0 *.
  by apply: small; [rewrite ffunE (negbTE iR) | rewrite context_show].
by rewrite (xsum_fin (f := fun c => push q (show R) c * eps)) // -big_distrl /= push_sum Rmult_1_l.
Qed.

Lemma learned_within_ge0 eps (i : I) : learned_within q p eps -> 0 <= eps.
Proof.
move=> small; have iR : i \notin (set0 : {set I}) by rewrite inE.
exact: (xle_trans (learning_error_ge0 i set0) (learning_error_le small iR)).
Qed.

(** An exact denoiser has no learning error. *)
Lemma learning_error_exact i (R : {set I}) : exact_denoiser q p -> i \notin R -> learning_error q p i R = Fin 0.
Proof.
move=> ex iR.
have own x : 0 < q x -> p i (show R x) (x i) = own_conditional i R x.
  move=> x0; rewrite ex ?exact_conditional_show //; first by rewrite ffunE (negbTE iR).
  by rewrite context_show; apply: seen_gt0.
rewrite learning_errorE (introT (allowsP _ _)) => [|x x0]; last by rewrite own //; apply: own_conditional_gt0.
congr Fin; rewrite -(mean_const q 0); apply: mean_eq => x x0; rewrite own //.
by have c0 := own_conditional_gt0 i R x0; rewrite /Rdiv Rinv_r ?ln_1 //; lra.
Qed.

Lemma before_irr tau i : i \notin before tau i.
Proof. by rewrite inE ltnn. Qed.

(** Exact denoiser: the path KL in entropies. *)
Theorem kl_given_times_exact tau : exact_denoiser q p ->
  kl q (given_times p tau) = Fin (\sum_i H_given q i (before tau i) - entropy q).
Proof.
move=> ex; rewrite kl_given_times (xsum_fin (f := fun=> 0)) => [|i].
  by rewrite [X in xadd _ (Fin X)]big1 // /xadd Rplus_0_r.
by rewrite learning_error_exact // before_irr.
Qed.

Lemma exact_conditional_ge0 i c a : 0 <= exact_conditional q i c a.
Proof. by rewrite /exact_conditional push_given; apply: div_ge0; exact: push_ge0. Qed.

Lemma exact_conditional_sum i c : \sum_a exact_conditional q i c a <= 1.
Proof.
rewrite (eq_bigr (fun a => push q (fun y => (token i y, show (known c) y)) (a, c) * / context q c)) => [|a _]; last first.
  exact: push_given.
rewrite -big_distrl /= -push_pair_r -/(context q c).
have : 0 <= context q c by exact: push_ge0.
by case=> [c0|e]; [rewrite Rinv_r | rewrite -e Rmult_0_l]; lra.
Qed.

(** There is an exact denoiser: the exact conditionals, and nothing ([stop]) in impossible contexts. *)
Definition exact_and_stop : denoiser I A := Denoiser exact_conditional_ge0 exact_conditional_sum.

Theorem exact_denoiser_exists : exact_denoiser q exact_and_stop.
Proof. by []. Qed.

(** The learning term of a sampler, [sum_i E D(q(.|X_B) || p(.|X_B))], [B] what is known before [i]. *)
Definition learning_term (W : {ffun I -> 'I_N} -> R) : xreal :=
  \big[xadd/Fin 0]_(tau : {ffun I -> 'I_N})
    xscale (W tau) (\big[xadd/Fin 0]_i learning_error q p i (before tau i)).

Definition conditional_entropies (W : {ffun I -> 'I_N} -> R) : R :=
  mean W (fun tau => \sum_i H_given q i (before tau i)).

Theorem path_kl_entropies (W : law (sequences I (ordinal_finType N))) :
  path_kl q p W = xadd (Fin (conditional_entropies W - entropy q)) (learning_term W).
Proof.
rewrite /path_kl (eq_bigr (fun tau => xadd (xscale (W tau) (Fin (\sum_i H_given q i (before tau i) - entropy q)))
   (xscale (W tau) (\big[xadd/Fin 0]_i learning_error q p i (before tau i))))).
  rewrite big_split (xsum_fin (f := fun tau => W tau * (\sum_i H_given q i (before tau i) - entropy q))) //.
  by rewrite -[\sum_tau _]/(mean W _) mean_sub mean_const.
by move=> tau _; rewrite kl_given_times xscale_add //; apply: pmf_ge0.
Qed.

(** learning-error/worst-case *)
Theorem learning_term_le (W : law (sequences I (ordinal_finType N))) eps :
  learned_within q p eps -> xle (learning_term W) (Fin (INR #|I| * eps)).
Proof.
move=> small.
rewrite (_ : Fin (INR #|I| * eps) = \big[xadd/Fin 0]_(tau : {ffun I -> 'I_N}) xscale (W tau) (Fin (INR #|I| * eps))).
  apply: xle_sum => tau; apply: xscale_le; first exact: pmf_ge0.
  rewrite -sum_constT -(xsum_fin (F := fun=> Fin eps)) //.
  by apply: xle_sum => i; apply: learning_error_le => //; exact: before_irr.
rewrite (xsum_fin (f := fun tau => W tau * (INR #|I| * eps))) //.
by rewrite -big_distrl /= pmf_sum Rmult_1_l.
Qed.

Theorem learning_term_exact (W : law (sequences I (ordinal_finType N))) : exact_denoiser q p -> learning_term W = Fin 0.
Proof.
move=> ex; rewrite /learning_term (xsum_fin (f := fun=> 0)); first by rewrite big1.
move=> tau; rewrite (xsum_fin (f := fun=> 0)) => [|i].
  by rewrite big1 //= Rmult_0_r.
by rewrite learning_error_exact // before_irr.
Qed.

End Sampler.
