(** The language: a law on sequences, the entropies of its sets of positions, its profile and curve.

    Statements: [profile/non-increasing], [area-theorem/profile], [area-theorem/curve], [profile/total-drop] and
    [profile/vocabulary], as [language_profile_non_increasing] and so on. *)
From Maskbound Require Export Laws SetFunctions.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** A sequence has a token at every position, a partial sequence a token or the mask [None]. *)
Notation sequence I A := {ffun I -> A}.
Notation sequences I A := (finfun_finType I A).
Notation partial I A := {ffun I -> option A}.

Section Language.
Variables (I A : finType).

(** [x_R]: the tokens at the positions in [R], the others masked. *)
Definition show (R : {set I}) (x : sequence I A) : partial I A := [ffun i => if i \in R then Some (x i) else None].
Definition token (i : I) (x : sequence I A) : A := x i.

Lemma show_eqP (R : {set I}) x y : show R x = show R y <-> (forall i, i \in R -> x i = y i).
Proof.
split=> [e i iR|e]; first by move/ffunP: e => /(_ i); rewrite !ffunE iR => -[].
by apply/ffunP => i; rewrite !ffunE; case: ifP => // /e ->.
Qed.

Variable q : law (sequences I A).

(** [H(X_R)] and [H(X_i | X_R)] *)
Definition H (R : {set I}) := entropy_of q (show R).
Definition H_given (i : I) (R : {set I}) := entropy_given q (token i) (show R).

Definition total_correlation := \sum_i entropy_of q (token i) - entropy q.
Definition dual_total_correlation := entropy q - \sum_i H_given i ([set: I] :\ i).

(** [z(j)], the sum over [i] of the mean of [H(X_i | X_R)] over the sets of [j] positions other than [i]; and
    [Z(a)], the same when [R] holds every other position with probability [a], independently. *)
Definition language_profile (j : nat) :=
  \sum_i (\sum_(R : {set I} | (i \notin R) && (#|R| == j)) H_given i R) / INR 'C(#|I|.-1, j).
Definition language_curve (a : R) :=
  \sum_i \sum_(R : {set I} | i \notin R) a ^ #|R| * (1 - a) ^ (#|I|.-1 - #|R|) * H_given i R.

Lemma show_add (i : I) (R : {set I}) x y :
  show (i |: R) x = show (i |: R) y <-> (token i x, show R x) = (token i y, show R y).
Proof.
split=> [/show_eqP e|[e /show_eqP r]].
  have -> : show R x = show R y by apply/show_eqP => j jR; apply: e; rewrite in_setU1 jR orbT.
  by rewrite /token (e i) // in_setU1 eqxx.
by apply/show_eqP => j; rewrite in_setU1 => /orP[/eqP ->|/r].
Qed.

Lemma H_given_gain i R : H_given i R = gain H i R.
Proof. by rewrite /H_given /gain /H (entropy_of_same q (show_add i R)) chain_rule; lra. Qed.

Lemma H_none : H set0 = 0.
Proof.
rewrite -(entropy_of_const q tt); apply: entropy_of_same => x y; split=> // _.
by apply/show_eqP => i; rewrite in_set0.
Qed.

Lemma entropy_of_id (S : finType) (p : law S) : entropy_of p (fun x => x) = entropy p.
Proof. by rewrite /entropy_of /entropy; congr (- _); apply: eq_bigr => x _; rewrite /push big_pred1_eq. Qed.

Lemma H_all : H setT = entropy q.
Proof.
rewrite -entropy_of_id; apply: entropy_of_same => x y; split=> [/show_eqP e|-> //].
by apply/ffunP => i; apply: e; rewrite in_setT.
Qed.

Lemma H_one i : H [set i] = entropy_of q (token i).
Proof.
apply: entropy_of_same => x y; split=> [/show_eqP e|e]; first by apply: e; rewrite in_set1.
by apply/show_eqP => j; rewrite in_set1 => /eqP ->.
Qed.

Lemma H_ge0 R : 0 <= H R.
Proof. exact: entropy_of_ge0. Qed.

(** Conditioning lowers entropy. *)
Lemma H_diminishing : diminishing H.
Proof.
move=> i j R _ _ _; rewrite -!H_given_gain.
rewrite (_ : H_given i (j |: R) = entropy_given q (token i) (fun x => (token j x, show R x))).
  exact: more_known_less_entropy.
apply: (Rplus_eq_reg_l (entropy_of q (show (j |: R)))).
rewrite -chain_rule (entropy_of_same q (show_add j R)) -chain_rule.
apply: entropy_of_same => x y; split=> [[-> /show_add[-> ->]] //|[e1 e2 e3]].
by rewrite e1; congr (_, _); apply/show_add; rewrite e2 e3.
Qed.

Lemma H_monotone (R S : {set I}) : R \subset S -> H R <= H S.
Proof.
move=> /subsetP sub; rewrite /H !entropy_observed; apply: mean_le => x x0.
suff : ln (seen q (show S) x) <= ln (seen q (show R) x) by lra.
have le : seen q (show S) x <= seen q (show R) x.
  by apply: seen_le => y /show_eqP e; apply/show_eqP => i /sub; apply: e.
case: le => [lt|->]; last lra.
by apply: Rlt_le; apply: ln_increasing => //; apply: seen_gt0.
Qed.

Lemma language_profileE j : language_profile j = profile H j.
Proof.
rewrite /language_profile /profile [RHS]/Rdiv big_distrl /=; apply: eq_bigr => i _.
by congr (_ / _); apply: eq_bigr => R _; rewrite H_given_gain.
Qed.

Lemma language_curveE a : language_curve a = curve H a.
Proof. by apply: eq_bigr => i _; apply: eq_bigr => R _; rewrite H_given_gain. Qed.

(** profile/non-increasing *)
Theorem language_profile_non_increasing j :
  (j.+1 < #|I|)%N -> language_profile j.+1 <= language_profile j.
Proof. by rewrite !language_profileE; apply: profile_non_increasing; exact: H_diminishing. Qed.

Theorem language_curve_non_increasing a b :
  0 <= a -> a <= b -> b <= 1 -> language_curve b <= language_curve a.
Proof. by rewrite !language_curveE; apply: curve_non_increasing; exact: H_diminishing. Qed.

Theorem language_curve_bernstein a : language_curve a =
  \sum_(j < #|I|) INR 'C(#|I|.-1, j) * a ^ j * (1 - a) ^ (#|I|.-1 - j) * language_profile j.
Proof.
by rewrite language_curveE curve_bernstein; apply: eq_bigr => j _; rewrite language_profileE.
Qed.

(** area-theorem/profile *)
Theorem language_area_profile : (0 < #|I|)%N -> (\sum_(j < #|I|) language_profile j) / INR #|I| = entropy q.
Proof.
move=> /INR_gt0 L0; rewrite (eq_bigr (fun j : 'I_#|I| => profile H j)) => [|j _]; last exact: language_profileE.
by rewrite area_theorem_profile H_all H_none; field; lra.
Qed.

(** area-theorem/curve *)
Theorem language_area_curve (integrable : Riemann_integrable language_curve 0 1) :
  RiemannInt integrable = entropy q.
Proof.
have other := curve_integrable H (Rle_0_1).
have := area_theorem_curve other; rewrite H_all H_none Rminus_0_r => <-.
by apply: RiemannInt_P18; [lra | move=> a _; exact: language_curveE].
Qed.

Lemma language_curve_integrable : Riemann_integrable language_curve 0 1.
Proof.
apply: continuity_implies_RiemannInt; first lra.
move=> a _; apply: (continuity_pt_locally_ext (curve H) _ 1); first lra.
  by move=> b _; rewrite language_curveE.
exact: curve_continuous.
Qed.

(** profile/total-drop *)
Theorem language_total_drop :
  language_profile 0 - language_profile #|I|.-1 = total_correlation + dual_total_correlation.
Proof.
rewrite !language_profileE profile_start profile_end /total_correlation /dual_total_correlation.
have -> : \sum_i (H [set i] - H set0) = \sum_i entropy_of q (token i).
  by apply: eq_bigr => i _; rewrite H_none H_one; lra.
have -> : \sum_i (H setT - H ([set: I] :\ i)) = \sum_i H_given i ([set: I] :\ i); last lra.
by apply: eq_bigr => i _; rewrite H_given_gain /gain setD1K ?in_setT.
Qed.

Theorem language_curve_drop : language_curve 0 - language_curve 1 = total_correlation + dual_total_correlation.
Proof. by rewrite -language_total_drop !language_curveE !language_profileE curve_start curve_end. Qed.

(** profile/vocabulary *)
Theorem total_drop_vocabulary :
  total_correlation + dual_total_correlation <= INR #|I| * ln (INR #|A|).
Proof.
have -> : total_correlation + dual_total_correlation =
  \sum_i (entropy_of q (token i) - H_given i ([set: I] :\ i)).
  by rewrite sum_sub /total_correlation /dual_total_correlation; lra.
rewrite -sum_constT; apply: sum_le => i _.
have := entropy_le_log_card (push_law q (token i)); rewrite -/(entropy_of q (token i)).
suff : 0 <= H_given i ([set: I] :\ i) by lra.
by rewrite H_given_gain /gain; have := H_monotone (subsetU1 i ([set: I] :\ i)); lra.
Qed.

End Language.
