(** Laws on a finite set, what an observation shows of them, entropy and divergence.

    Statements: [gibbs] (a divergence is not negative), [sequence-error/from-kl] as [ser_from_kl],
    [entropy_observed] (the entropy of an observation is the mean of minus the logarithm of its probability),
    [chain_rule], [more_known_less_entropy] (conditioning lowers entropy), [entropy_le_log_card]. *)
From Maskbound Require Export Sums.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Reals with a positive infinity *)

Inductive xreal := Fin of R | Inf.

Definition xadd x y := match x, y with Fin a, Fin b => Fin (a + b) | _, _ => Inf end.
Definition xle x y := match x, y with Fin a, Fin b => a <= b | _, Inf => True | Inf, Fin _ => False end.
(** [c * x] for [c >= 0], with [0 * Inf = 0]. *)
Definition xscale c x := match x with Fin a => Fin (c * a) | Inf => if positive c then Inf else Fin 0 end.

Lemma xadd_assoc : associative xadd. Proof. by case=> [a|] [b|] [c|] //=; rewrite Rplus_assoc. Qed.
Lemma xadd_comm : commutative xadd. Proof. by case=> [a|] [b|] //=; rewrite Rplus_comm. Qed.
Lemma xadd_0 : left_id (Fin 0) xadd. Proof. by case=> [a|] //=; rewrite Rplus_0_l. Qed.
Lemma xadd_0r : right_id (Fin 0) xadd. Proof. by case=> [a|] //=; rewrite Rplus_0_r. Qed.
Canonical xadd_monoid := Monoid.Law xadd_assoc xadd_0 xadd_0r.
Canonical xadd_comoid := Monoid.ComLaw xadd_comm.

Lemma xle_refl x : xle x x. Proof. by case: x => //= a; lra. Qed.
Lemma xle_trans y x z : xle x y -> xle y z -> xle x z. Proof. by case: x y z => [a|] [b|] [c|] //=; lra. Qed.

(** ** Laws *)

Record law (S : finType) := Law {
  pmf :> S -> R;
  pmf_ge0 : forall x, 0 <= pmf x;
  pmf_sum : \sum_x pmf x = 1 }.

(** [f] of a random outcome takes the value [t] with probability [push q f t]; [seen q f x] is the probability
    of the value that is seen when the outcome is [x]. *)
Definition push (S T : finType) (q : S -> R) (f : S -> T) (t : T) : R := \sum_(x | f x == t) q x.
Definition seen (S T : finType) (q : S -> R) (f : S -> T) (x : S) : R := push q f (f x).

(** The conditional law given that [f] has the value [t]. *)
Definition given (S T : finType) (q : S -> R) (f : S -> T) (t : T) (x : S) : R :=
  if f x == t then q x / push q f t else 0.

Definition mean (S : finType) (q : S -> R) (F : S -> R) : R := \sum_x q x * F x.

Definition entropy (S : finType) (q : S -> R) : R := - \sum_x q x * ln (q x).

(** [H(f)] and [H(g | f)]. *)
Definition entropy_of (S T : finType) (q : S -> R) (f : S -> T) : R := entropy (push q f).
Definition entropy_given (S T U : finType) (q : S -> R) (g : S -> U) (f : S -> T) : R :=
  \sum_t push q f t * entropy_of (given q f t) g.

(** Does [p] allow whatever [q] does? *)
Definition dominated (S : finType) (q p : S -> R) : bool := [forall x, positive (q x) ==> positive (p x)].

(** [D(q || p)] *)
Definition divergence (S : finType) (q p : S -> R) : R := \sum_x q x * ln (q x / p x).
Definition kl (S : finType) (q p : S -> R) : xreal := if dominated q p then Fin (divergence q p) else Inf.

(** Sequence error rate: what [p] gives to outcomes that [q] forbids, [1 - p(support of q)]. *)
Definition ser (S : finType) (q p : S -> R) : R := 1 - \sum_(x | positive (q x)) p x.

Section Observations.
Variables (S : finType) (q : law S).

Lemma pmf_cases x : q x = 0 \/ 0 < q x.
Proof. by have := pmf_ge0 q x; lra. Qed.

Lemma pmf_le1 x : q x <= 1.
Proof. by rewrite -(pmf_sum q); apply: (sum_term_le (P := predT)) => // i _; apply: pmf_ge0. Qed.

Lemma support_sum F : \sum_x q x * F x = \sum_(x | positive (q x)) q x * F x.
Proof.
rewrite [RHS]big_mkcond /=; apply: eq_bigr => x _; case: positiveP => // h.
by have [->|//] := pmf_cases x; lra.
Qed.

Lemma support_mass : \sum_(x | positive (q x)) q x = 1.
Proof.
rewrite -(pmf_sum q) [LHS]big_mkcond /=; apply: eq_bigr => x _; case: positiveP => // h.
by have [->|//] := pmf_cases x.
Qed.

Lemma mean_const c : mean q (fun=> c) = c.
Proof. by rewrite /mean -big_distrl /= pmf_sum; lra. Qed.

Lemma mean_le (F G : S -> R) : (forall x, 0 < q x -> F x <= G x) -> mean q F <= mean q G.
Proof.
move=> h; apply: sum_le => x _; have [->|x0] := pmf_cases x; first lra.
by apply: Rmult_le_compat_l; [lra | exact: h].
Qed.

Lemma mean_eq (F G : S -> R) : (forall x, 0 < q x -> F x = G x) -> mean q F = mean q G.
Proof.
move=> h; apply: eq_bigr => x _; have [->|x0] := pmf_cases x; first lra.
by rewrite h.
Qed.

Lemma mean_add (F G : S -> R) : mean q (fun x => F x + G x) = mean q F + mean q G.
Proof. by rewrite /mean -big_split; apply: eq_bigr => x _ /=; lra. Qed.

Lemma mean_sub (F G : S -> R) : mean q (fun x => F x - G x) = mean q F - mean q G.
Proof. by rewrite /mean -sum_sub; apply: eq_bigr => x _ /=; lra. Qed.

Lemma mean_scale c (F : S -> R) : mean q (fun x => c * F x) = c * mean q F.
Proof. by rewrite /mean big_distrr; apply: eq_bigr => x _ /=; lra. Qed.

Lemma mean_sum (I : finType) (P : pred I) (F : I -> S -> R) :
  mean q (fun x => \sum_(i | P i) F i x) = \sum_(i | P i) mean q (F i).
Proof. by rewrite /mean [RHS]exchange_big /=; apply: eq_bigr => x _; rewrite big_distrr. Qed.

Lemma support_inhabited : exists x, 0 < q x.
Proof.
have /existsP[x /positiveP] : [exists x, positive (q x)]; last by exists x.
apply: contraT => /existsPn none; exfalso.
by have := support_mass; rewrite big_pred0 => [|x]; [lra | apply/negbTE; exact: none].
Qed.

Lemma jensen_ln (f : S -> R) : (forall x, 0 < q x -> 0 < f x) -> mean q (fun x => ln (f x)) <= ln (mean q f).
Proof.
move=> pos; have m0 : 0 < mean q f.
  have [x x0] := support_inhabited; apply: (sum_gt0 (j := x)) => // [y _|]; last first.
    by apply: Rmult_lt_0_compat => //; exact: pos.
  by have [->|y0] := pmf_cases y; [lra | apply: Rmult_le_pos; apply: Rlt_le => //; exact: pos].
suff: mean q (fun x => ln (f x) - ln (mean q f)) <= mean q (fun x => f x * / mean q f - 1).
  rewrite !mean_sub !mean_const; suff -> : mean q (fun x => f x * / mean q f) = 1 by lra.
  rewrite -[RHS](Rinv_r (mean q f)); last lra.
  by rewrite {3}/mean big_distrl /=; apply: eq_bigr => x _; rewrite /mean; lra.
by apply: mean_le => x /pos f0; rewrite -ln_div //; apply: ln_tangent; apply: div_gt0.
Qed.

Variable (T : finType) (f : S -> T).

Lemma push_ge0 t : 0 <= push q f t.
Proof. by apply: sum_ge0 => x _; apply: pmf_ge0. Qed.

Lemma push_sum : \sum_t push q f t = 1.
Proof. by rewrite -(pmf_sum q) (partition_big f predT). Qed.

Definition push_law : law T := Law push_ge0 push_sum.

Lemma push_mean (F : T -> R) : mean (push q f) F = mean q (F \o f).
Proof.
rewrite /mean [RHS](partition_big f predT) //=; apply: eq_bigr => t _.
by rewrite /push big_distrl; apply: eq_bigr => x /eqP ->.
Qed.

Lemma seen_ge x : q x <= seen q f x.
Proof. by apply: (sum_term_le (F := q)) => // i _; apply: pmf_ge0. Qed.

Lemma seen_gt0 x : 0 < q x -> 0 < seen q f x.
Proof. by have := seen_ge x; lra. Qed.

End Observations.

Section Entropy.
Variables (S T U : finType) (q : law S) (f : S -> T) (g : S -> U).

Lemma seen_le1 x : seen q f x <= 1.
Proof. exact: (pmf_le1 (push_law q f)). Qed.

(** Who sees [g] sees [f]. *)
Lemma seen_le x : (forall y, g y = g x -> f y = f x) -> seen q g x <= seen q f x.
Proof.
move=> h; rewrite /seen /push [X in X <= _]big_mkcond [X in _ <= X]big_mkcond; apply: sum_le => y _.
have := pmf_ge0 q y; case: eqP => [/h ->|_]; rewrite ?eqxx; first lra.
by case: ifP => _; lra.
Qed.

Lemma entropy_observed : entropy_of q f = mean q (fun x => - ln (seen q f x)).
Proof.
rewrite /entropy_of /entropy -sum_opp -(push_mean q f (fun t => - ln (push q f t))).
by apply: eq_bigr => t _; lra.
Qed.

Lemma entropy_of_ge0 : 0 <= entropy_of q f.
Proof.
rewrite entropy_observed -(mean_const q 0); apply: mean_le => x x0.
by have := ln_tangent (seen_gt0 f x0); have := seen_le1 x; lra.
Qed.

Lemma push_pair u t : push q (fun x => (g x, f x)) (u, t) = \sum_(x | (g x == u) && (f x == t)) q x.
Proof. by apply: eq_bigl => x; rewrite xpair_eqE. Qed.

Lemma push_pair_r t : push q f t = \sum_u push q (fun x => (g x, f x)) (u, t).
Proof.
rewrite /push (partition_big g predT) //=; apply: eq_bigr => u _.
by apply: eq_bigl => x; rewrite xpair_eqE andbC.
Qed.

Lemma push_given t u : push (given q f t) g u = push q (fun x => (g x, f x)) (u, t) / push q f t.
Proof.
rewrite push_pair /push /given -big_mkcondr /= /Rdiv -big_distrl /=.
by congr (_ * _); apply: eq_bigl => x; rewrite andbC.
Qed.

Lemma entropy_given_mean : entropy_given q g f =
  mean q (fun x => - ln (seen q (fun y => (g y, f y)) x / seen q f x)).
Proof.
pose F (ut : U * T) := - ln (push q (fun y => (g y, f y)) ut / push q f ut.2).
rewrite -(push_mean q (fun y => (g y, f y)) F) /mean.
transitivity (\sum_u \sum_t push q (fun y => (g y, f y)) (u, t) * F (u, t)); last first.
  by rewrite pair_bigA /=; apply: eq_bigr => -[u t].
rewrite exchange_big; apply: eq_bigr => t _ /=.
rewrite /entropy_of /entropy -sum_opp big_distrr; apply: eq_bigr => u _ /=.
rewrite push_given /F /=.
have [e|ne] := Req_dec (push q f t) 0; last by field.
suff -> : push q (fun y => (g y, f y)) (u, t) = 0 by rewrite /Rdiv Rmult_0_l; lra.
apply: (sum_eq0 (P := predT) (F := fun u' => push q (fun y => (g y, f y)) (u', t))) => //.
  by move=> u' _; apply: push_ge0.
by rewrite -push_pair_r.
Qed.

End Entropy.

Theorem chain_rule (S T U : finType) (q : law S) (f : S -> T) (g : S -> U) :
  entropy_of q (fun x => (g x, f x)) = entropy_of q f + entropy_given q g f.
Proof.
rewrite entropy_given_mean !entropy_observed -mean_add.
by apply: mean_eq => x x0; rewrite ln_div; [lra | exact: seen_gt0 ..].
Qed.

(** Entropy depends on what is told apart only. *)
Lemma entropy_of_same (S T U : finType) (q : law S) (f : S -> T) (g : S -> U) :
  (forall x y, f x = f y <-> g x = g y) -> entropy_of q f = entropy_of q g.
Proof.
move=> h; rewrite !entropy_observed; apply: mean_eq => x _; congr (- ln _).
by apply: Rle_antisym; apply: seen_le => y /h.
Qed.

Lemma entropy_of_const (S T : finType) (q : law S) (c : T) : entropy_of q (fun=> c) = 0.
Proof.
rewrite entropy_observed -(mean_const q 0); apply: mean_eq => x _.
by rewrite /seen /push (eq_bigl predT) => [|y]; rewrite ?eqxx // pmf_sum ln_1; lra.
Qed.

Theorem more_known_less_entropy (S T U K : finType) (q : law S) (g : S -> U) (f : S -> T) (k : S -> K) :
  entropy_given q g (fun x => (k x, f x)) <= entropy_given q g f.
Proof.
rewrite !entropy_given_mean.
set gkf := (fun y => (g y, (k y, f y))); set kf := (fun y => (k y, f y)); set gf := (fun y => (g y, f y)).
pose ratio x := seen q kf x * seen q gf x / (seen q gkf x * seen q f x).
suff h : mean q ratio <= 1.
  suff: mean q (fun x => - ln (seen q gkf x / seen q kf x) + (1 - ratio x)) <=
        mean q (fun x => - ln (seen q gf x / seen q f x)).
    by rewrite mean_add mean_sub mean_const; lra.
  apply: mean_le => x x0; rewrite /ratio.
  have h1 := seen_gt0 kf x0; have h2 := seen_gt0 gf x0; have h3 := seen_gt0 gkf x0; have h4 := seen_gt0 f x0.
  have h5 : 0 < seen q gkf x * seen q f x by apply: Rmult_lt_0_compat.
  have h6 : 0 < seen q kf x * seen q gf x by apply: Rmult_lt_0_compat.
  have := ln_tangent (div_gt0 h6 h5).
  by rewrite !ln_div // !ln_mult //; lra.
pose F (p : U * (K * T)) := push q kf p.2 * push q gf (p.1, p.2.2) / (push q gkf p * push q f p.2.2).
rewrite (_ : mean q ratio = mean (push q gkf) F); last by rewrite push_mean.
apply: (Rle_trans _ (\sum_(p : U * (K * T)) push q kf p.2 * (push q gf (p.1, p.2.2) / push q f p.2.2))).
  apply: sum_le => -[u [v t]] _; rewrite /F /=.
  have := push_ge0 q gkf (u, (v, t)); case=> [p0|<-]; last first.
    by rewrite Rmult_0_l; apply: Rmult_le_pos; [|apply: div_ge0]; apply: push_ge0.
  apply: Req_le; rewrite /Rdiv Rinv_mult; move: (/ push q f t) => z; field; lra.
rewrite -(pair_bigA _ (fun u vt => push q kf vt * (push q gf (u, vt.2) / push q f vt.2))) exchange_big /=.
rewrite -(push_sum q kf); apply: sum_le => -[v t] _ /=.
rewrite -big_distrr /= -big_distrl /= -push_pair_r.
have := push_ge0 q kf (v, t); case=> [p0|<-]; last lra.
suff t0 : 0 < push q f t by apply: Req_le; field; lra.
rewrite (push_pair_r q f k); apply: (sum_gt0 (j := v)) => // v' _; exact: push_ge0.
Qed.

Theorem entropy_le_log_card (S : finType) (q : law S) : entropy q <= ln (INR #|S|).
Proof.
have n0 : 0 < INR #|S|.
  apply: INR_gt0; rewrite lt0n; apply/negP => /eqP /card0_eq e.
  by have := pmf_sum q; rewrite big1 => [|x _]; [lra | have := e x].
have -> : entropy q = mean q (fun x => - ln (q x)) by rewrite /entropy -sum_opp; apply: eq_bigr => x _; lra.
rewrite -[ln (INR _)](mean_const q).
suff: mean q (fun x => - ln (q x) - ln (INR #|S|)) <= 0 by rewrite mean_sub; lra.
apply: (Rle_trans _ (mean q (fun x => / (INR #|S| * q x) - 1))).
  apply: mean_le => x x0; have nx : 0 < INR #|S| * q x by apply: Rmult_lt_0_compat.
  have := ln_tangent (Rinv_0_lt_compat _ nx); rewrite ln_Rinv // ln_mult //; lra.
rewrite mean_sub mean_const.
suff: mean q (fun x => / (INR #|S| * q x)) <= \sum_(x : S) / INR #|S|.
  by rewrite sum_constT Rinv_r; lra.
apply: sum_le => x _; have [->|x0] := pmf_cases q x.
  by rewrite Rmult_0_l; apply: Rlt_le; apply: Rinv_0_lt_compat.
by apply: Req_le; rewrite Rinv_mult; field; lra.
Qed.

(** ** Divergence *)

Section Divergence.
Variables (S : finType) (q : law S) (p : S -> R).
Hypothesis p_ge0 : forall x, 0 <= p x.

Lemma dominatedP : reflect (forall x, 0 < q x -> 0 < p x) (dominated q p).
Proof.
apply: (iffP forallP) => h x; first by move=> /positiveP qx; apply/positiveP; move: (h x); rewrite qx.
by apply/implyP => /positiveP /h /positiveP.
Qed.

Lemma support_gt0 : dominated q p -> 0 < \sum_(x | positive (q x)) p x.
Proof.
move/dominatedP => h.
have [x x0] := support_inhabited q.
by apply: (sum_gt0 (j := x)) => //; [exact/positiveP | exact: h].
Qed.

(** The log-sum inequality over the support. *)
Lemma log_sum : dominated q p -> - ln (\sum_(x | positive (q x)) p x) <= divergence q p.
Proof.
move=> dom; have P0 := support_gt0 dom; move/dominatedP: dom => dom; set P := \sum_(x | positive (q x)) p x in P0 *.
suff: mean q (fun x => 1 - p x / (q x * P) - ln P) <= divergence q p.
  rewrite !mean_sub !mean_const.
  suff -> : mean q (fun x => p x / (q x * P)) = 1 by lra.
  rewrite /mean support_sum -[RHS](Rinv_r P); last lra.
  rewrite {2}/P big_distrl /=; apply: eq_bigr => x /positiveP x0; field; lra.
apply: mean_le => x x0; have p0 := dom x x0.
have qP : 0 < q x * P by apply: Rmult_lt_0_compat.
by have := ln_tangent (div_gt0 p0 qP); rewrite !ln_div // ln_mult //; lra.
Qed.

Theorem gibbs : \sum_x p x <= 1 -> xle (Fin 0) (kl q p).
Proof.
move=> mass; rewrite /kl; case: ifP => //= dom.
have := log_sum dom; have P0 := support_gt0 dom; have := ln_tangent P0.
suff: \sum_(x | positive (q x)) p x <= \sum_x p x by lra.
by rewrite big_mkcond /=; apply: sum_le => x _; have := p_ge0 x; case: ifP => _; lra.
Qed.

(** [exp (- x)], with [exp (- infinity) = 0]. *)
Definition xexp_opp x := match x with Fin a => exp (- a) | Inf => 0 end.

Lemma xexp_opp_le x y : xle x y -> xexp_opp y <= xexp_opp x.
Proof.
case: x y => [a|] [b|] //= h; try lra; last by apply: Rlt_le; apply: exp_pos.
by case: h => [h|->]; [apply: Rlt_le; apply: exp_increasing | ]; lra.
Qed.

Theorem ser_from_kl : ser q p <= 1 - xexp_opp (kl q p).
Proof.
rewrite /ser /kl; case: ifP => /= dom; last first.
  by have := @sum_ge0 _ (index_enum S) (fun x => positive (q x)) p (fun x _ => p_ge0 x); lra.
have P0 := support_gt0 dom; have := log_sum dom; set P := \sum_(x | positive (q x)) p x in P0 * => h.
suff: exp (- divergence q p) <= P by lra.
rewrite -(exp_ln P) //; case: (Rle_lt_or_eq_dec _ _ h) => [h'|<-]; last by rewrite Ropp_involutive; lra.
by apply: Rlt_le; apply: exp_increasing; lra.
Qed.

End Divergence.
