(** Claims about exchangeable reveal times, checked on one ray after another, by computation.

    The profile of a language does not increase, its last value is not negative, and its first is at most [L ln V]. So it
    is a combination, with coefficients that are not negative, of the profiles 1, .., 1, 0, .., 0; and a claim that a
    combination of quantities, each linear in the profile, is at most 0 holds if it holds on these rays
    ([proved_on_rays]). *)
From Maskbound Require Export Certified Bernoulli.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

Inductive profile_quantity :=
| RayLogVocabulary | RayEntropy | RayTotalCorrelation | RayDualTotalCorrelation | RayStart | RayEnd
| SizesPathKl (sizes : seq nat) | WeightsPathKl (weights : seq Q).

Section RayTables.
Variable L : nat.
Notation I := (ordinal_finType L).

(** ** Computation *)

(** Coefficients of values of the profile, and (None) of [ln V]. *)
Definition spectrum := seq (Q * option nat).

Definition share : Q := Qred (/ inject_Z (Z.of_nat L)).
Definition mean_profile (c : Q) : spectrum := [seq (qmul c share, Some j) | j <- positions L].

Definition binomial (a : Q) (j : nat) : Q :=
  qmul (inject_Z (Z.of_nat 'C(L.-1, j)))
       (qmul (qprod (nseq j a)) (qprod (nseq (L.-1 - j) (qadd 1 (- a))))).

Definition sized_before (s : seq nat) (k : nat) : nat := sumn [seq nth 0%N s l | l <- iota 0 (size s) & (l < k)%N].
Definition revealed_before (w : seq Q) (k : nat) : Q := qsum [seq nth 0%Q w l | l <- iota 0 (size w) & (l < k)%N].

Definition spread (f : profile_quantity) : spectrum :=
  match f with
  | RayLogVocabulary => [:: (1%Q, None)]
  | RayEntropy => mean_profile 1
  | RayTotalCorrelation => (1%Q, Some 0%N) :: mean_profile (-1)
  | RayDualTotalCorrelation => ((-1)%Q, Some L.-1) :: mean_profile 1
  | RayStart => [:: (1%Q, Some 0%N)]
  | RayEnd => [:: (1%Q, Some L.-1)]
  | SizesPathKl s =>
      [seq (qmul share (inject_Z (Z.of_nat (nth 0%N s k))), Some (sized_before s k)) | k <- iota 0 (size s) & (0 < nth 0 s k)%N]
      ++ mean_profile (-1)
  | WeightsPathKl w =>
      flatten [seq [seq (qmul (nth 0%Q w k) (binomial (revealed_before w k) j), Some j) | j <- positions L] | k <- iota 0 (size w)]
      ++ mean_profile (-1)
  end.

Definition well_formed (f : profile_quantity) : bool :=
  match f with
  | SizesPathKl s => sumn s == L
  | WeightsPathKl w => law_fine w
  | _ => true
  end.

Definition on_ray (K : nat) (k : option nat) : Q := if k is Some j then (if (j <= K)%N then 1%Q else 0%Q) else share.

(** The claim on the ray of [K + 1] values 1. *)
Definition ray_value (l : spectrum) (K : nat) : Q := qsum [seq qmul ck.1 (on_ray K ck.2) | ck <- l].

Definition claim_spectrum (claim : seq (Q * profile_quantity)) : spectrum :=
  flatten [seq [seq (qmul cf.1 ck.1, ck.2) | ck <- spread cf.2] | cf <- claim].

Definition vocabulary_part (l : spectrum) : Q := qsum [seq if ck.2 is None then ck.1 else 0%Q | ck <- l].

Definition check_rays (claim : seq (Q * profile_quantity)) : bool :=
  let l := claim_spectrum claim in
  [&& (0 < L)%N, all (fun cf => well_formed cf.2) claim,
      all (fun ck => if ck.2 is Some j then (j < L)%N else true) l, qge0 (- vocabulary_part l) &
      all (fun K => qge0 (- ray_value l K)) (positions L)].

(** ** Meaning *)

Section Meaning.
Variables (A : finType) (q : law (sequences I A)) (p : denoiser I A).
Hypothesis L0 : (0 < L)%N.

Definition is_profile_quantity (f : profile_quantity) (r : R) : Prop :=
  match f with
  | RayLogVocabulary => ln (INR #|A|) = r
  | RayEntropy => entropy q = r
  | RayTotalCorrelation => total_correlation q = r
  | RayDualTotalCorrelation => dual_total_correlation q = r
  | RayStart => language_profile q 0 = r
  | RayEnd => language_profile q L.-1 = r
  | SizesPathKl s => path_kl q p (@fixed_size_times I (size s) (fun k => nth 0%N s k)) = Fin r
  | WeightsPathKl w => path_kl q p (fun tau : {ffun I -> 'I_(size w)} => \prod_i Q2R (nth 0%Q w (tau i))) = Fin r
  end.

Fixpoint is_ray_sum (claim : seq (Q * profile_quantity)) (r : R) : Prop :=
  match claim with
  | [::] => r = 0
  | (c, f) :: claim => exists a b, [/\ is_profile_quantity f a, is_ray_sum claim b & r = Q2R c * a + b]
  end.

Definition level_of (k : option nat) : R := if k is Some j then language_profile q j else ln (INR #|A|).
Definition sum_of (l : spectrum) : R := \sum_(ck <- l) Q2R ck.1 * level_of ck.2.

Lemma sum_of_cat l m : sum_of (l ++ m) = sum_of l + sum_of m.
Proof. by rewrite /sum_of big_cat. Qed.

Lemma sum_of_cons c k l : sum_of ((c, k) :: l) = Q2R c * level_of k + sum_of l.
Proof. by rewrite /sum_of big_cons. Qed.

Lemma sum_of_one c k : sum_of [:: (c, k)] = Q2R c * level_of k.
Proof. by rewrite /sum_of big_seq1. Qed.

Lemma shareP : Q2R share = / INR L.
Proof.
rewrite /share Q2R_Qred Q2R_inv ?Q2R_Z ?INR_IZR_INZ // => e.
by have := Qeq_eqR _ _ e; rewrite Q2R_Z Q2R0 => /eq_IZR_R0; case: L L0.
Qed.

Lemma entropy_profile : entropy q = (\sum_(j < L) language_profile q j) / INR L.
Proof. by have := language_area_profile q; rewrite card_ord => <-. Qed.

Lemma mean_profileP c : sum_of (mean_profile c) = Q2R c * entropy q.
Proof.
rewrite /sum_of big_map big_positions entropy_profile /Rdiv big_distrl big_distrr /=.
by apply: eq_bigr => j _; rewrite qmulP shareP; ring.
Qed.

Lemma INR_Q n : Q2R (inject_Z (Z.of_nat n)) = INR n.
Proof. by rewrite Q2R_Z INR_IZR_INZ. Qed.

Lemma qprod_nseq a n : Q2R (qprod (nseq n a)) = Q2R a ^ n.
Proof. by elim: n => [|n ih] /=; rewrite ?Q2R1 // qmulP ih. Qed.

Lemma big_iota (T : Type) (idx : T) (op : Monoid.law idx) n (P : pred nat) (F : nat -> T) :
  \big[op/idx]_(i <- iota 0 n | P i) F i = \big[op/idx]_(i < n | P i) F i.
Proof. by rewrite -(big_mkord P F) /index_iota subn0. Qed.

Lemma sized_beforeP s k : sized_before s k = sized (fun k : 'I_(size s) => nth 0%N s k) k.
Proof. by rewrite /sized_before sumnE big_map big_filter big_iota. Qed.

Lemma revealed_beforeP w k : Q2R (revealed_before w k) = \sum_(l < size w | (l < k)%N) Q2R (nth 0%Q w l).
Proof. by rewrite /revealed_before qsumP big_filter big_iota. Qed.

Lemma binomialP a j : Q2R (binomial a j) = INR 'C(L.-1, j) * Q2R a ^ j * (1 - Q2R a) ^ (L.-1 - j).
Proof. by rewrite /binomial !qmulP !qprod_nseq INR_Q qaddP Q2R_opp Q2R1 -Rmult_assoc. Qed.

Lemma start_sum : language_profile q 0 = \sum_i entropy_of q (token i).
Proof.
rewrite language_profileE profile_start; apply: eq_bigr => i _.
by rewrite H_none H_one; ring.
Qed.

Lemma end_sum : language_profile q L.-1 = \sum_i H_given q i ([set: I] :\ i).
Proof.
rewrite language_profileE -[L in L.-1]card_ord profile_end; apply: eq_bigr => i _.
by rewrite H_given_gain /gain setD1K ?in_setT.
Qed.

Lemma spreadP f : well_formed f -> exact_denoiser q p -> is_profile_quantity f (sum_of (spread f)).
Proof.
move=> fine ex; case: f fine => [_|_|_|_|_|_|s|w] /=.
- by rewrite sum_of_one Q2R1 /=; ring.
- by rewrite mean_profileP Q2R1; ring.
- by rewrite sum_of_cons mean_profileP Q2R1 Q2R_m1 [level_of _]start_sum /total_correlation; ring.
- by rewrite sum_of_cons mean_profileP Q2R1 Q2R_m1 [level_of _]end_sum /dual_total_correlation; ring.
- by rewrite sum_of_one Q2R1 /=; ring.
- by rewrite sum_of_one Q2R1 /=; ring.
- move=> /eqP total.
  have total' : (\sum_(k < size s) nth 0 s k)%N = #|I|.
    by rewrite card_ord -total sumnE (big_nth 0%N) big_mkord.
  have L0' : (0 < #|I|)%N by rewrite card_ord.
  rewrite [path_kl _ _ _](fixed_size_riemann_error (s := fun k : 'I_(size s) => nth 0%N s k) total' L0' ex); congr Fin.
  rewrite sum_of_cat mean_profileP Q2R_m1 /profile_mean /profile_left_sum card_ord entropy_profile.
  rewrite /Rminus; congr (_ + _); last by ring.
  rewrite /sum_of big_map big_filter big_iota [RHS]big_mkcond /Rdiv big_distrl /=; apply: eq_bigr => k _.
  rewrite qmulP INR_Q shareP sized_beforeP; case: posnP => [->|_]; last by ring.
  by rewrite INR_0; ring.
- move=> fine; have wsum := law_fineP fine.
  pose f (k : 'I_(size w)) := Q2R (nth 0%Q w k).
  have f0 k : 0 <= f k by case/andP: fine => /all_nthP pos _; apply: qge0P; exact: pos.
  have f1 : \sum_k f k = 1 by rewrite -wsum (big_nth 0%Q) big_mkord.
  pose wl : law (ordinal_finType (size w)) := Law f0 f1.
  have int := language_curve_integrable q.
  have e := bernoulli_riemann_error wl int ex; rewrite language_area_curve in e.
  rewrite -[path_kl _ _ _]/(path_kl q p (bernoulli I wl)) e; congr Fin.
  rewrite sum_of_cat mean_profileP Q2R_m1 /Rminus; congr (_ + _); last by ring.
  rewrite /curve_left_riemann_sum /sum_of big_flatten big_map big_iota; apply: eq_bigr => k _.
  rewrite language_curve_bernstein big_distrr big_map big_positions card_ord /=; apply: eq_bigr => j _.
  by rewrite qmulP binomialP revealed_beforeP /revealed; rewrite -!Rmult_assoc.
Qed.

Lemma claim_spectrum_sum claim : all (fun cf => well_formed cf.2) claim -> exact_denoiser q p ->
  is_ray_sum claim (sum_of (claim_spectrum claim)).
Proof.
move=> fine ex; elim: claim fine => [_|[c f] claim ih]; first by rewrite /sum_of big_nil.
rewrite /= => /andP[ff /ih h]; exists (sum_of (spread f)), (sum_of (claim_spectrum claim)); split=> //; first exact: spreadP.
rewrite /claim_spectrum /= sum_of_cat; congr (_ + _).
by rewrite /sum_of big_map big_distrr; apply: eq_bigr => ck _; rewrite qmulP /=; ring.
Qed.

(** ** On rays *)

Definition value_at (j : nat) : R := if (j < L)%N then language_profile q j else 0.
Definition drop (K : nat) : R := value_at K - value_at K.+1.

Lemma drop_ge0 K : 0 <= drop K.
Proof.
rewrite /drop /value_at; case: (ltnP K L) => KL; last first.
  have -> : (K.+1 < L)%N = false by apply/negbTE; rewrite -leqNgt; exact: leq_trans KL (leqnSn K).
  by lra.
case: (ltnP K.+1 L) => KL'.
  have h : language_profile q K.+1 <= language_profile q K by apply: language_profile_non_increasing; rewrite card_ord.
  by lra.
have e : K = L.-1 by apply/eqP; rewrite eqn_leq -ltnS prednK // KL -ltnS prednK.
rewrite e end_sum Rminus_0_r; apply: sum_ge0 => i _; rewrite H_given_gain /gain.
by have := H_monotone q (subsetU1 i ([set: I] :\ i)); lra.
Qed.

Lemma telescope (f : nat -> R) j n : (j <= n)%N -> \sum_(K < n) (if (j <= K)%N then f K - f K.+1 else 0) = f j - f n.
Proof.
elim: n => [|n ih]; first by rewrite leqn0 => /eqP ->; rewrite big_ord0; ring.
rewrite leq_eqVlt big_ord_recr /= => /orP[/eqP ->|].
  rewrite ltnn Rplus_0_r big1 ?Rminus_diag_eq // => K _.
  by rewrite leqNgt (leq_trans (ltn_ord K)).
by rewrite ltnS => jn; rewrite ih // jn; ring.
Qed.

Lemma profile_drops j : (j < L)%N -> language_profile q j = \sum_(K < L) (if (j <= K)%N then drop K else 0).
Proof. by move=> jL; rewrite (telescope value_at (ltnW jL)) /value_at jL ltnn; ring. Qed.

Definition slack : R := ln (INR #|A|) - language_profile q 0 / INR L.

Lemma slack_ge0 : 0 <= slack.
Proof.
have l0 : 0 < INR L by apply: INR_gt0.
suff : language_profile q 0 <= INR L * ln (INR #|A|).
  move=> h; rewrite /slack; suff : language_profile q 0 / INR L <= ln (INR #|A|) by lra.
  by apply: (Rmult_le_reg_r _ _ _ l0); rewrite /Rdiv Rmult_assoc Rinv_l; lra.
rewrite start_sum -[L in INR L]card_ord -sum_constT; apply: sum_le => i _.
by have := entropy_le_log_card (push_law q (token i)).
Qed.

Lemma sum_on_rays l : all (fun ck => if ck.2 is Some j then (j < L)%N else true) l ->
  sum_of l = \sum_(K < L) Q2R (ray_value l K) * drop K + Q2R (vocabulary_part l) * slack.
Proof.
elim: l => [_|[c k] l ih].
  rewrite /sum_of big_nil /vocabulary_part /= Q2R0 big1 => [|K _]; first by ring.
  by ring.
rewrite [all _ _]/= => /andP[jL /ih e]; rewrite sum_of_cons e /vocabulary_part /= qaddP.
have -> : \sum_(K < L) Q2R (ray_value ((c, k) :: l) K) * drop K =
  Q2R c * (\sum_(K < L) Q2R (on_ray K k) * drop K) + \sum_(K < L) Q2R (ray_value l K) * drop K.
  rewrite big_distrr -big_split /=; apply: eq_bigr => K _.
  have -> : ray_value ((c, k) :: l) K = qadd (qmul c (on_ray K k)) (ray_value l K) by [].
  by rewrite qaddP qmulP; ring.
case: k jL => [j|] jL.
  rewrite [level_of _]/= (profile_drops jL) Q2R0.
  have -> : \sum_(K < L) Q2R (on_ray K (Some j)) * drop K = \sum_(K < L) (if (j <= K)%N then drop K else 0).
    by apply: eq_bigr => K _ /=; case: ifP => _; rewrite ?Q2R1 ?Q2R0; ring.
  by rewrite Rplus_0_l Rplus_assoc.
have -> : \sum_(K < L) Q2R (on_ray K None) * drop K = language_profile q 0 / INR L.
  rewrite (profile_drops L0) /Rdiv big_distrl /=; apply: eq_bigr => K _.
  by rewrite shareP; ring.
rewrite /=; set V := Q2R (qsum _); set S := \big[Rplus/0]_(K < L) _.
clearbody S V; rewrite /slack; move: (language_profile q 0 / INR L) (ln _) => P l0; ring.
Qed.

End Meaning.

Theorem proved_on_rays claim : check_rays claim ->
  forall (A : finType) (q : law (sequences I A)) (p : denoiser I A), exact_denoiser q p ->
  exists r, is_ray_sum q p claim r /\ r <= 0.
Proof.
case/and5P => L0 fine inside vocabulary rays A q p ex.
exists (sum_of q (claim_spectrum claim)); split; first exact: claim_spectrum_sum.
rewrite (sum_on_rays q L0 inside).
have v := qge0P vocabulary; rewrite Q2R_opp in v; have s := slack_ge0 q L0.
have r : \sum_(K < L) Q2R (ray_value (claim_spectrum claim) K) * drop q K <= 0.
  apply: sum_le0 => K _; have d := drop_ge0 q L0 K.
  move/allP: rays => /(_ (nat_of_ord K)); rewrite mem_iota ltn_ord => /(_ isT) /qge0P; rewrite Q2R_opp => h.
  by have := Rmult_le_pos _ _ h d; rewrite Ropp_mult_distr_l_reverse; lra.
by have := Rmult_le_pos _ _ v s; rewrite Ropp_mult_distr_l_reverse; lra.
Qed.

End RayTables.
