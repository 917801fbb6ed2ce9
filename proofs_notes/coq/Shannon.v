(** Claims that Shannon's inequalities prove, checked by computation.

    A claim is that a combination of quantities, given revealed sets and an exact denoiser, is at most 0. Each quantity
    is a combination of entropies of sets of positions; [check] compares minus their sum with a combination, whose
    coefficients are not negative, of the elemental inequalities

      [H(X) - H(X_{-i}) >= 0],   [H(X_{Ki}) + H(X_{Kj}) - H(X_{Kij}) - H(X_K) >= 0],   [ln V - H(X_i) >= 0],

    coefficient by coefficient; [proved_by_shannon]: what it confirms holds for every alphabet and every law. *)
From Maskbound Require Export Certified.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

(** What entropies are taken of: a set, as a mask, or (None) the uniform law of a token. *)
Definition place := option (seq bool).
Definition combination := seq (Q * place).

Inductive functional :=
| LogVocabulary | EntropyOf | TotalCorrelationOf | DualTotalCorrelationOf | ProfileStart | ProfileEnd
| PathKlOf (n : nat) (orders : seq (Q * seq nat))  (** a mixture of orders: the step of each position, below [n + 1] *)
| KlOf (n : nat) (order : seq nat).

Inductive elemental := LastOne (i : nat) | Pairwise (i j : nat) (s : seq bool) | Vocabulary (i : nat).

Section Shannon.
Variable L : nat.
Notation I := (ordinal_finType L).

(** ** Computation *)

Definition add_mask (s : seq bool) (i : nat) : seq bool := with_mask L s i.
Definition none : seq bool := nseq L false.

Definition step_gains (c : Q) (t : seq nat) : combination :=
  flatten [seq [:: (c, Some (add_mask (before_mask L t i) i)); (Qopp c, Some (before_mask L t i))] | i <- positions L]
  ++ [:: (Qopp c, Some (everything L))].

Definition expand (f : functional) : combination :=
  match f with
  | LogVocabulary => [:: (1%Q, None)]
  | EntropyOf => [:: (1%Q, Some (everything L))]
  | TotalCorrelationOf => [seq (1%Q, Some (only L i)) | i <- positions L] ++ [:: ((-1)%Q, Some (everything L))]
  | DualTotalCorrelationOf =>
      (1%Q, Some (everything L)) ::
      flatten [seq [:: ((-1)%Q, Some (everything L)); (1%Q, Some (all_but L i))] | i <- positions L]
  | ProfileStart => [seq (1%Q, Some (only L i)) | i <- positions L]
  | ProfileEnd => flatten [seq [:: (1%Q, Some (everything L)); ((-1)%Q, Some (all_but L i))] | i <- positions L]
  | PathKlOf _ orders => flatten [seq step_gains ct.1 ct.2 | ct <- orders]
  | KlOf _ t => step_gains 1 t
  end.

Definition sensible (f : functional) : bool :=
  match f with
  | PathKlOf n orders => all (fun ct => ct.2 \in words n.+1 L) orders
  | KlOf n t => t \in words n.+1 L
  | _ => true
  end.

Definition elemental_form (e : elemental) : combination :=
  match e with
  | LastOne i => [:: (1%Q, Some (everything L)); ((-1)%Q, Some (all_but L i))]
  | Pairwise i j s => [:: (1%Q, Some (add_mask s i)); (1%Q, Some (add_mask s j));
                          ((-1)%Q, Some (add_mask (add_mask s j) i)); ((-1)%Q, Some s)]
  | Vocabulary i => [:: (1%Q, None); ((-1)%Q, Some (only L i))]
  end.

Definition elemental_fine (e : elemental) : bool :=
  match e with
  | LastOne i | Vocabulary i => (i < L)%N
  | Pairwise i j s => [&& (i < L)%N, (j < L)%N, i != j, size s == L, ~~ nth false s i & ~~ nth false s j]
  end.

Fixpoint add_term (c : Q) (k : place) (l : combination) : combination :=
  match l with
  | [::] => [:: (c, k)]
  | (d, j) :: l => if k == j then (qadd c d, j) :: l else (d, j) :: add_term c k l
  end.

(** Adds [c] times a combination. *)
Definition add_terms (c : Q) (l acc : combination) : combination :=
  foldr (fun ck acc => add_term (qmul c ck.1) ck.2 acc) acc l.

Definition claim_terms (claim : seq (Q * functional)) : combination :=
  foldr (fun cf acc => add_terms cf.1 (expand cf.2) acc) [::] claim.

(** [ties] are combinations that vanish for the laws in question, each with a multiplier of any sign. *)
Definition check (claim : seq (Q * functional)) (ties : seq (Q * combination)) (terms : seq (Q * elemental)) : bool :=
  [&& all (fun cf => sensible cf.2) claim, all (fun ce => (qzero ce.1 || qpos ce.1) && elemental_fine ce.2) terms &
      all (fun ck => qzero ck.1 || (ck.2 == Some none))
          (foldr (fun ce acc => add_terms ce.1 (elemental_form ce.2) acc)
            (foldr (fun ct acc => add_terms ct.1 ct.2 acc) (claim_terms claim) ties) terms)].

(** ** Meaning *)

Section Meaning.
Variables (A : finType) (q : law (sequences I A)) (p : denoiser I A).

(** The law of reveal times that draws one of the orders. *)
Definition mixture n (orders : seq (Q * seq nat)) (tau : {ffun I -> 'I_n.+1}) : R :=
  \sum_(ct <- orders) (if word_of tau == ct.2 then Q2R ct.1 else 0).

Definition is_functional (f : functional) (r : R) : Prop :=
  match f with
  | LogVocabulary => ln (INR #|A|) = r
  | EntropyOf => entropy q = r
  | TotalCorrelationOf => total_correlation q = r
  | DualTotalCorrelationOf => dual_total_correlation q = r
  | ProfileStart => language_profile q 0 = r
  | ProfileEnd => language_profile q L.-1 = r
  | PathKlOf n orders => path_kl q p (@mixture n orders) = Fin r
  | KlOf n t => kl q (given_times p (@of_word L n t)) = Fin r
  end.

(** [r] is the sum of the coefficients times the quantities, all finite. *)
Fixpoint is_sum (claim : seq (Q * functional)) (r : R) : Prop :=
  match claim with
  | [::] => r = 0
  | (c, f) :: claim => exists a b, [/\ is_functional f a, is_sum claim b & r = Q2R c * a + b]
  end.

Definition set_of (s : seq bool) : {set I} := [set i : I | nth false s i].
Definition height (k : place) : R := if k is Some s then H q (set_of s) else ln (INR #|A|).
Definition entropy_sum (l : combination) : R := \sum_(ck <- l) Q2R ck.1 * height ck.2.

Lemma entropy_sum_nil : entropy_sum [::] = 0.
Proof. by rewrite /entropy_sum big_nil. Qed.

Lemma entropy_sum_cons c k l : entropy_sum ((c, k) :: l) = Q2R c * height k + entropy_sum l.
Proof. by rewrite /entropy_sum big_cons. Qed.

Lemma add_termP c k l : entropy_sum (add_term c k l) = Q2R c * height k + entropy_sum l.
Proof.
elim: l => [|[d j] l ih]; cbn [add_term]; first by rewrite entropy_sum_cons.
by case: eqP => [->|_]; rewrite !entropy_sum_cons ?qaddP ?ih; ring.
Qed.

Lemma add_termsP c l acc : entropy_sum (add_terms c l acc) = Q2R c * entropy_sum l + entropy_sum acc.
Proof.
elim: l => [|[d k] l ih]; first by rewrite entropy_sum_nil [add_terms _ _ _]/=; ring.
by rewrite entropy_sum_cons [add_terms _ _ _]/= add_termP ih qmulP; ring.
Qed.

Lemma set_ofP R s : is_mask R s -> set_of s = R.
Proof. by move=> [_ h]; apply/setP => i; rewrite inE h. Qed.

Lemma is_mask_set_of s : size s = L -> is_mask (set_of s) s.
Proof. by move=> h; split=> // i; rewrite inE. Qed.

Lemma height_mask R s : is_mask R s -> height (Some s) = H q R.
Proof. by move=> h; rewrite /= (set_ofP h). Qed.

Lemma add_maskP R s (i : I) : is_mask R s -> is_mask (i |: R) (add_mask s i).
Proof. exact: with_maskP. Qed.

Lemma elemental_ge0 e : elemental_fine e -> 0 <= entropy_sum (elemental_form e).
Proof.
case: e => [i|i j s|i] /=; rewrite !entropy_sum_cons entropy_sum_nil.
- move=> iL; rewrite (height_mask (everythingP _)) (height_mask (all_butP (Ordinal iL))) Q2R1 Q2R_m1.
  by have := H_monotone q (subsetT ([set: I] :\ Ordinal iL)); lra.
- case/and5P => iL jL ij /eqP sz /andP[si sj].
  pose R := set_of s; have m := is_mask_set_of sz.
  rewrite (height_mask (add_maskP (Ordinal iL) m)) (height_mask (add_maskP (Ordinal jL) m)).
  rewrite (height_mask (add_maskP (Ordinal iL) (add_maskP (Ordinal jL) m))) (height_mask m) Q2R1 Q2R_m1 -/R.
  have iR : Ordinal iL \notin R by rewrite inE.
  have jR : Ordinal jL \notin R by rewrite inE.
  by have := H_diminishing q iR jR ij; rewrite /gain; lra.
- move=> iL; rewrite (height_mask (onlyP (Ordinal iL))) Q2R1 Q2R_m1 H_one /=.
  by have := entropy_le_log_card (push_law q (token (Ordinal iL))); rewrite -/(entropy_of q (token _)) /=; lra.
Qed.

Lemma entropy_sum_cat l m : entropy_sum (l ++ m) = entropy_sum l + entropy_sum m.
Proof. by rewrite /entropy_sum big_cat. Qed.

Lemma entropy_sum_flatten (T : Type) (f : T -> combination) s : entropy_sum (flatten [seq f x | x <- s]) = \sum_(x <- s) entropy_sum (f x).
Proof.
elim: s => [|x s ih]; first by rewrite /entropy_sum !big_nil.
by rewrite big_cons -ih /= entropy_sum_cat.
Qed.

Lemma entropy_sum_map (T : Type) (f : T -> Q * place) s : entropy_sum [seq f x | x <- s] = \sum_(x <- s) Q2R (f x).1 * height (f x).2.
Proof. by rewrite /entropy_sum big_map. Qed.

Lemma entropy_sum_two c k d j : entropy_sum [:: (c, k); (d, j)] = Q2R c * height k + Q2R d * height j.
Proof. by rewrite !entropy_sum_cons entropy_sum_nil; ring. Qed.

Lemma entropy_sum_one c k : entropy_sum [:: (c, k)] = Q2R c * height k.
Proof. by rewrite entropy_sum_cons entropy_sum_nil; ring. Qed.

Lemma step_gainsP n c t : t \in words n.+1 L -> entropy_sum (step_gains c t) =
  Q2R c * (\sum_i H_given q i (before (@of_word L n t) i) - entropy q).
Proof.
move=> ht; rewrite /step_gains entropy_sum_cat entropy_sum_one (height_mask (everythingP _)) H_all entropy_sum_flatten big_positions.
rewrite Q2R_opp /Rminus Rmult_plus_distr_l big_distrr /=; congr (_ + _); last ring.
apply: eq_bigr => i _; rewrite entropy_sum_two Q2R_opp -(word_ofK ht).
rewrite (height_mask (add_maskP i (before_maskP _ i))) (height_mask (before_maskP _ i)) of_wordK H_given_gain /gain; ring.
Qed.

Lemma start_sum : \sum_(i <- positions L) entropy_sum [:: (1%Q, Some (only L i))] = \sum_i entropy_of q (token i).
Proof.
rewrite big_positions; apply: eq_bigr => i _.
by rewrite entropy_sum_one (height_mask (onlyP i)) H_one Q2R1; ring.
Qed.

Lemma expandP f : sensible f -> exact_denoiser q p -> is_functional f (entropy_sum (expand f)).
Proof.
move=> fine ex; case: f fine => [_|_|_|_|_|_|n orders|n t] /=.
- by rewrite entropy_sum_one Q2R1 /=; ring.
- by rewrite entropy_sum_one (height_mask (everythingP _)) H_all Q2R1; ring.
- rewrite entropy_sum_cat entropy_sum_one (height_mask (everythingP _)) H_all Q2R_m1 entropy_sum_map big_positions /total_correlation.
  rewrite /Rminus; congr (_ + _); last ring.
  by apply: eq_bigr => i _; rewrite (height_mask (onlyP i)) H_one Q2R1; ring.
- rewrite -cat1s entropy_sum_cat entropy_sum_one (height_mask (everythingP _)) H_all Q2R1 entropy_sum_flatten big_positions.
  rewrite /dual_total_correlation /Rminus -sum_opp; congr (_ + _); first ring.
  apply: eq_bigr => i _; rewrite entropy_sum_two (height_mask (everythingP _)) (height_mask (all_butP i)).
  by rewrite H_given_gain /gain setD1K ?in_setT // Q2R1 Q2R_m1; ring.
- rewrite language_profileE profile_start entropy_sum_map big_positions; apply: eq_bigr => i _.
  by rewrite (height_mask (onlyP i)) H_none Q2R1; ring.
- rewrite language_profileE -[L in L.-1]card_ord profile_end entropy_sum_flatten big_positions; apply: eq_bigr => i _.
  by rewrite entropy_sum_two (height_mask (everythingP _)) (height_mask (all_butP i)) Q2R1 Q2R_m1; ring.
- move=> fine; rewrite /path_kl.
  rewrite (xsum_fin (f := fun tau => @mixture n orders tau * (\sum_i H_given q i (before tau i) - entropy q))).
    congr Fin; rewrite entropy_sum_flatten /mixture.
    under eq_bigr => tau _ do rewrite big_distrl /=.
    rewrite exchange_big /=; elim: orders fine => [|[c t] orders ih]; first by rewrite !big_nil.
    rewrite [all _ _]/= => /andP[ht fine]; rewrite !big_cons (ih fine); congr (_ + _).
    rewrite (step_gainsP _ ht) (bigD1 (@of_word L n t)) //= word_ofK // eqxx [X in _ + X = _]big1 ?Rplus_0_r // => tau ne.
    case: eqP => [e|_]; last by ring.
    by move: ne; rewrite -(of_wordK tau) e eqxx.
  by move=> tau; rewrite kl_given_times_exact.
- by move=> ht; rewrite kl_given_times_exact // (step_gainsP _ ht) Q2R1 Rmult_1_l.
Qed.

Lemma claim_sum claim : all (fun cf => sensible cf.2) claim -> exact_denoiser q p -> is_sum claim (entropy_sum (claim_terms claim)).
Proof.
move=> fine ex; elim: claim fine => [_|[c f] claim ih] /=; first exact: entropy_sum_nil.
case/andP => ff /ih h; exists (entropy_sum (expand f)), (entropy_sum (claim_terms claim)); split=> //; first exact: expandP.
by rewrite add_termsP.
Qed.

End Meaning.

Theorem proved_by_shannon claim ties terms : check claim ties terms ->
  forall (A : finType) (q : law (sequences I A)) (p : denoiser I A), exact_denoiser q p ->
  (forall tie, List.In tie ties -> entropy_sum q tie.2 = 0) ->
  exists r, is_sum q p claim r /\ r <= 0.
Proof.
case/and3P => fine signs zero A q p ex vanish; exists (entropy_sum q (claim_terms claim)); split; first exact: claim_sum.
set acc := foldr _ _ _ in zero.
have z : entropy_sum q acc = 0.
  elim: acc zero => [_|[c k] acc ih] /=; first exact: entropy_sum_nil.
  case/andP => h /ih e; rewrite entropy_sum_cons e Rplus_0_r; case/orP: h => [/qzeroP ->|/eqP ->]; first ring.
  rewrite /height (_ : set_of none = set0); first by rewrite H_none; ring.
  by apply/setP => i; rewrite !inE nth_nseq; case: ifP.
suff : entropy_sum q (claim_terms claim) <= entropy_sum q acc by lra.
rewrite /acc {z zero acc}; elim: terms signs => [_|[y e] terms ih] /=.
  elim: ties vanish => [|[m tie] ties ih] vanish; first exact: Rle_refl.
  cbn [foldr].
  rewrite add_termsP (vanish (m, tie)); last by left.
  by have := ih (fun t ht => vanish t (or_intror ht)); rewrite Rmult_0_r Rplus_0_l.
case/andP => /andP[y0 fe] /ih h; rewrite add_termsP.
have := elemental_ge0 q fe; have : 0 <= Q2R y by case/orP: y0 => [/qzeroP ->|/qposP]; lra.
move=> y_ge0 e_ge0; have := Rmult_le_pos _ _ y_ge0 e_ge0.
by move: h; set a := entropy_sum q _; set b := Q2R y * _; set c := entropy_sum q (foldr _ _ _); lra.
Qed.

End Shannon.
