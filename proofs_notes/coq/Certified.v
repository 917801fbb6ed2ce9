(** Instances as data, their quantities by computation, and the link to the definitions.

    [certifiedP]: what [certify] confirms holds between the real numbers that [kl], [path_kl] and so on are, for every
    law, denoiser and law of reveal times with the given data, of which there are some. Quantities of the sampler need
    predictions in possible contexts only, so nothing is assumed of the others. *)
From Maskbound Require Export Words FixedSize.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

(** ** Data *)

(** Weights of Bernoulli steps; numbers of tokens of the steps; or the step of each position. *)
Inductive policy := Weights of seq Q | Sizes of seq nat | Steps of seq nat.

Record instance := Instance {
  language : seq (seq nat * Q);  (** the possible sequences *)
  steps : policy;
  predictions : option (seq (nat * seq (option nat) * seq Q)) }.  (** position, context, a law; none if exact *)

Fixpoint lookup (K : eqType) (T : Type) (d : T) (s : seq (K * T)) (k : K) : T :=
  match s with [::] => d | (j, c) :: s => if j == k then c else lookup d s k end.

Inductive quantity := Kl | PathKl | Ser | Tv | Entropy | TotalCorrelation | DualTotalCorrelation.

Section Instances.
Variables (L v n : nat).  (** length, vocabulary less one, steps less one *)
Notation I := (ordinal_finType L).
Notation A := (ordinal_finType v.+1).
Notation xs := (sequence I A).
Variable data : instance.

(** *** What the data mean *)

Definition codes_of (c : partial I A) : seq (option nat) := [seq omap val (c i) | i <- enum 'I_L].

Definition has_language (q : xs -> R) : Prop := forall x, q x = Q2R (lookup 0%Q (language data) (word_of x)).

Definition has_denoiser (q : xs -> R) (p : denoiser I A) : Prop :=
  match predictions data with
  | None => exact_denoiser q p
  | Some table => forall (i : I) (c : partial I A) (a : A), c i = None -> 0 < context q c ->
      p i c a = Q2R (nth 0%Q (lookup [::] table (val i, codes_of c)) a)
  end.

Definition has_policy (W : {ffun I -> 'I_n.+1} -> R) : Prop :=
  match steps data with
  | Weights w => forall tau, W tau = \prod_i Q2R (nth 0%Q w (tau i))
  | Sizes s => forall tau, W tau = @fixed_size_times I n.+1 (fun k : 'I_n.+1 => nth 0%N s k) tau
  | Steps t => forall tau, W tau = if word_of tau == t then 1 else 0
  end.

(** Total variation: the sum of [max (q x - p x) 0]. *)
Definition total_variation (q p : xs -> R) : R := \sum_x Rmax (q x - p x) 0.

(** The number [r] is this quantity. *)
Definition is_quantity (q : law (sequences I A)) (p : denoiser I A)
  (W : {ffun I -> 'I_n.+1} -> R) (name : quantity) (r : R) : Prop :=
  match name with
  | Kl => kl q (output p W) = Fin r
  | PathKl => path_kl q p W = Fin r
  | Ser => ser q (output p W) = r
  | Tv => total_variation q (output p W) = r
  | Entropy => entropy q = r
  | TotalCorrelation => total_correlation q = r
  | DualTotalCorrelation => dual_total_correlation q = r
  end.

(** *** Computation *)

Definition prob (l : seq nat) : Q := lookup 0%Q (language data) l.
Definition possible : seq (seq nat) := [seq l <- words v.+1 L | qpos (prob l)].

(** Do [l] and [m] agree where the mask is true? *)
Fixpoint agree (s : seq bool) (l m : seq nat) : bool :=
  match s, l, m with
  | b :: s, a :: l, c :: m => (b ==> (a == c)) && agree s l m
  | _, _, _ => true
  end.

Definition mass (l : seq nat) (s : seq bool) : Q := qsum [seq prob m | m <- possible & agree s l m].

Definition positions : seq nat := iota 0 L.
Definition before_mask (t : seq nat) (i : nat) : seq bool := [seq (nth 0 t j < nth 0 t i)%N | j <- positions].
Definition with_mask (s : seq bool) (i : nat) : seq bool := [seq (j == i) || nth false s j | j <- positions].
Definition masks : seq (seq bool) := [seq [seq (a == 1)%N | a <- s] | s <- words 2 L].

Definition fits (s t : seq nat) : bool := all (fun k => count_mem k t == nth 0%N s k) (iota 0 n.+1).
Definition times_prob : seq nat -> Q :=
  match steps data with
  | Weights w => fun t => qprod [seq nth 0%Q w (nth 0 t i)%N | i <- positions]
  | Sizes s =>
      let c := Qred (/ inject_Z (Z.of_nat (count (fits s) (words n.+1 L)))) in
      fun t => if fits s t then c else 0%Q
  | Steps t0 => fun t => if t == t0 then 1%Q else 0%Q
  end.

Definition all_times : seq (seq nat * Q) :=
  let w := times_prob in [seq tc <- [seq (t, w t) | t <- words n.+1 L] | ~~ qzero tc.2].

(** The prediction at [i] of the token of [l] when the mask [s] of it is seen. *)
Definition seen_code (l : seq nat) (s : seq bool) : seq (option nat) :=
  [seq if nth false s j then Some (nth 0%N l j) else None | j <- positions].
Definition prediction (l : seq nat) (masses : seq bool -> Q) (i : nat) (s : seq bool) : Q :=
  match predictions data with
  | None => qdiv (masses (with_mask s i)) (masses s)
  | Some table => nth 0%Q (lookup [::] table (i, seen_code l s)) (nth 0%N l i)
  end.
Definition path_prob (l : seq nat) (masses : seq bool -> Q) (t : seq nat) : Q :=
  qprod [seq prediction l masses i (before_mask t i) | i <- positions].

(** Each possible sequence with its probability and, for each reveal times, the probability of drawing it. *)
Definition paths : seq (seq nat * seq (Q * Q)) :=
  let ts := all_times in
  [seq (l, let known := [seq (s, mass l s) | s <- masks] in
           [seq (tc.2, path_prob l (recall known (mass l)) tc.1) | tc <- ts]) | l <- possible].

Definition drawn (ps : seq (Q * Q)) : Q := qsum [seq qmul wp.1 wp.2 | wp <- ps].

(** [sum_s c_s H(X_s)] *)
Definition entropies (combination : seq (Q * seq bool)) : seq (Q * Q) :=
  flatten [seq [seq (qmul (- cs.1) (prob l), mass l cs.2) | l <- possible] | cs <- combination].

Definition everything : seq bool := nseq L true.
Definition only (i : nat) : seq bool := [seq j == i | j <- positions].
Definition all_but (i : nat) : seq bool := [seq j != i | j <- positions].

Definition pairs_form (base : seq BinNums.positive) (l : seq (Q * Q)) : option form := omap (Form 0) (of_pairs base l).

Definition known_quantity (base : seq BinNums.positive) (ps : seq (seq nat * seq (Q * Q))) (name : quantity) : option form :=
  match name with
  | Kl => pairs_form base [seq (prob lp.1, qdiv (prob lp.1) (drawn lp.2)) | lp <- ps]
  | PathKl => pairs_form base
      (flatten [seq [seq (qmul wp.1 (prob lp.1), qdiv (prob lp.1) wp.2) | wp <- lp.2] | lp <- ps])
  | Ser => Some (Form (qadd 1 (- qsum [seq drawn lp.2 | lp <- ps])) [::])
  | Tv => Some (Form (qsum [seq let d := qadd (prob lp.1) (- drawn lp.2) in if qpos d then d else 0%Q | lp <- ps]) [::])
  | Entropy => pairs_form base (entropies [:: (1%Q, everything)])
  | TotalCorrelation => pairs_form base (entropies (((-1)%Q, everything) :: [seq (1%Q, only i) | i <- positions]))
  | DualTotalCorrelation => pairs_form base (entropies
      ((1%Q, everything) :: flatten [seq [:: ((-1)%Q, everything); (1%Q, all_but i)] | i <- positions]))
  end.

(** Are the data a law, predictions and a policy? *)
Definition qge0 (c : Q) : bool := qzero c || qpos c.
Definition law_fine (s : seq Q) : bool := all qge0 s && qzero (qadd (qsum s) (-1)).
Definition data_fine : bool :=
  [&& law_fine [seq prob l | l <- words v.+1 L],
      (if predictions data is Some table then all (fun r => (size r.2 == v.+1) && law_fine r.2) table else true) &
      match steps data with
      | Weights w => (size w == n.+1) && law_fine w
      | Sizes s => (size s == n.+1) && (sumn s == L)
      | Steps t => t \in words n.+1 L
      end].

Lemma qge0P c : qge0 c -> 0 <= Q2R c.
Proof. by case/orP => [/qzeroP ->|/qposP]; lra. Qed.

Lemma law_fineP s : law_fine s -> \sum_(c <- s) Q2R c = 1.
Proof.
have e := qsumP id s; rewrite map_id in e; case/andP => _ /qzeroP; rewrite qaddP e.
have -> : Q2R (-1) = -1 by rewrite /Q2R /=; field.
by rewrite -[\sum_(c <- s) Q2R (id c)]/(\sum_(c <- s) Q2R c); lra.
Qed.

Lemma lookup_all (K : eqType) (T : Type) (P : pred T) (d : T) (s : seq (K * T)) k :
  P d -> all (fun kt => P kt.2) s -> P (lookup d s k).
Proof. by move=> Pd; elim: s => //= -[j t] s ih /= /andP[Pt /ih]; case: eqP. Qed.

Lemma language_exists : data_fine -> exists q : law (sequences I A), has_language q.
Proof.
case/and3P => fine _ _; pose f (x : xs) := Q2R (prob (word_of x)).
have ge0 x : 0 <= f x.
  by case/andP: fine; rewrite all_map => /allP /(_ (word_of x) (word_in x)) /qge0P h _.
have sum1 : \sum_x f x = 1.
  rewrite -(law_fineP fine) big_map big_words; apply: eq_big_seq => l hl.
  by rewrite /f word_ofK.
by exists (Law ge0 sum1).
Qed.

Lemma denoiser_exists (q : law (sequences I A)) : data_fine -> exists p : denoiser I A, has_denoiser q p.
Proof.
case/and3P => _ fine _; rewrite /has_denoiser; case: predictions fine => [table|] fine; last first.
  by exists (exact_and_stop q); exact: exact_denoiser_exists.
pose row (i : I) (c : partial I A) := lookup [::] table (val i, codes_of c).
have rows i c : row i c = [::] \/ (size (row i c) == v.+1) && law_fine (row i c).
  have : (size (row i c) == 0%N) || ((size (row i c) == v.+1) && law_fine (row i c)).
    apply: (@lookup_all _ _ (fun r => (size r == 0%N) || ((size r == v.+1) && law_fine r))) => //.
    by apply: sub_all fine => r /= ->; rewrite orbT.
  by case/orP => [/nilP|]; [left | right].
pose f i c (a : A) := Q2R (nth 0%Q (row i c) a).
have ge0 i c a : 0 <= f i c a.
  rewrite /f; case: (rows i c) => [->|/andP[/eqP sz /andP[pos _]]]; first by rewrite nth_nil Q2R0; lra.
  by apply: qge0P; apply: all_nthP pos _ _; rewrite sz.
have le1 i c : \sum_a f i c a <= 1.
  rewrite /f; case: (rows i c) => [e|/andP[/eqP sz /law_fineP e]].
    by rewrite big1 => [|a _]; rewrite ?e ?nth_nil ?Q2R0; lra.
  by rewrite -[X in _ <= X]e (big_nth 0%Q) sz big_mkord; exact: Rle_refl.
by exists (Denoiser ge0 le1).
Qed.

Lemma policy_exists : exists W : {ffun I -> 'I_n.+1} -> R, has_policy W.
Proof. by rewrite /has_policy; case: (steps data) => [w|s|t]; eexists => tau; reflexivity. Qed.

(** *** What the computation means *)

Section Meaning.
Variables (q : law (sequences I A)) (p : denoiser I A) (W : {ffun I -> 'I_n.+1} -> R) (base : seq BinNums.positive).
Hypotheses (hq : has_language q) (hp : has_denoiser q p) (hW : has_policy W).
Notation ow := (@of_word L v).
Notation ot := (@of_word L n).

Lemma q_word l : l \in words v.+1 L -> q (ow l) = Q2R (prob l).
Proof. by move=> hl; rewrite hq word_ofK. Qed.

Lemma possible_in l : l \in possible -> l \in words v.+1 L.
Proof. by rewrite mem_filter => /andP[]. Qed.

Lemma possible_gt0 l : l \in possible -> 0 < q (ow l).
Proof. by rewrite mem_filter => /andP[/qposP h /q_word ->]. Qed.

Lemma sum_possible (F : xs -> R) : \sum_x q x * F x = \sum_(l <- possible) Q2R (prob l) * F (ow l).
Proof.
rewrite big_words /possible big_filter [RHS]big_mkcond /=; apply: eq_big_seq => l hl.
rewrite q_word //; case: qposP => // h; have := pmf_ge0 q (ow l); rewrite q_word // => g.
by rewrite (_ : Q2R (prob l) = 0); [ring | lra].
Qed.

Lemma sum_support (F : xs -> R) : \sum_(x | positive (q x)) F x = \sum_(l <- possible) F (ow l).
Proof.
rewrite big_mkcond big_words /possible big_filter [RHS]big_mkcond /=; apply: eq_big_seq => l hl.
by rewrite q_word //; case: qposP => h; case: positiveP.
Qed.

Definition is_mask (R : {set I}) (s : seq bool) := size s = L /\ forall i : I, nth false s i = (i \in R).

Lemma agree_nth s l m : size s = size l -> size l = size m ->
  agree s l m = all (fun i => nth false s i ==> (nth 0%N l i == nth 0%N m i)) (iota 0 (size s)).
Proof.
elim: s l m => [|b s ih] [|a l] [|c m] //= [e1] [e2]; rewrite (ih l m e1 e2); congr (_ && _).
by rewrite (iotaDl 1 0) all_map.
Qed.

Lemma agree_show R s l m : is_mask R s -> l \in words v.+1 L -> m \in words v.+1 L ->
  agree s l m = (show R (ow l) == show R (ow m)).
Proof.
move=> [sz hs] hl hm; have := hl; have := hm; rewrite !mem_words => /andP[/eqP sm _] /andP[/eqP sl _].
rewrite agree_nth ?sz ?sl ?sm //; apply/allP/eqP => [h|/show_eqP h i].
  apply/show_eqP => i iR; apply: ord_inj; rewrite -!nth_word_of !word_ofK //.
  by have := h i; rewrite mem_iota ltn_ord hs iR => /(_ erefl) /eqP.
rewrite mem_iota add0n => /= iL; apply/implyP; rewrite (hs (Ordinal iL)) => /h /(congr1 (@nat_of_ord _)).
by rewrite -!nth_word_of !word_ofK // => ->.
Qed.

Lemma massP R s l : is_mask R s -> l \in words v.+1 L -> Q2R (mass l s) = seen q (show R) (ow l).
Proof.
move=> hs hl; rewrite /mass qsumP big_filter /seen /push.
have -> : \sum_(x | show R x == show R (ow l)) q x = \sum_x q x * (if show R x == show R (ow l) then 1 else 0).
  by rewrite big_mkcond; apply: eq_bigr => x _; case: ifP => _; ring.
rewrite sum_possible big_mkcond; apply: eq_big_seq => m /possible_in hm.
by rewrite (agree_show hs) // eq_sym; case: ifP => _; ring.
Qed.

Lemma size_positions (T : Type) (f : nat -> T) : size [seq f j | j <- positions] = L.
Proof. by rewrite size_map size_iota. Qed.

Lemma nth_positions (T : Type) (d : T) (f : nat -> T) (i : I) : nth d [seq f j | j <- positions] i = f i.
Proof. by rewrite (nth_map 0%N) ?size_iota // nth_iota. Qed.

Lemma before_maskP (tau : {ffun I -> 'I_n.+1}) (i : I) : is_mask (before tau i) (before_mask (word_of tau) i).
Proof. by split=> [|j]; rewrite ?size_positions // nth_positions !nth_word_of inE. Qed.

Lemma with_maskP R s (i : I) : is_mask R s -> is_mask (i |: R) (with_mask s i).
Proof. by move=> [sz hs]; split=> [|j]; rewrite ?size_positions // nth_positions hs in_setU1. Qed.

Lemma big_positions (T : Type) (idx : T) (op : Monoid.law idx) (F : nat -> T) :
  \big[op/idx]_(i <- positions) F i = \big[op/idx]_(i < L) F i.
Proof. by rewrite -(big_mkord xpredT F) /index_iota subn0. Qed.

Lemma predictionP R s l (i : I) : is_mask R s -> l \in possible -> i \notin R ->
  Q2R (prediction l (mass l) i s) = p i (show R (ow l)) (ow l i).
Proof.
move=> hs hl iR; have x0 := possible_gt0 hl; have hw := possible_in hl.
have none : show R (ow l) i = None by rewrite ffunE (negbTE iR).
have ctx : 0 < context q (show R (ow l)) by rewrite context_show; exact: seen_gt0.
move: hp; rewrite /has_denoiser /prediction; case: predictions => [table|] h.
  rewrite h //; congr (Q2R (nth _ (lookup _ _ (_, _)) _)); last by rewrite -nth_word_of word_ofK.
  case: hs => sz hs; apply: (@eq_from_nth _ None); first by rewrite size_positions size_map size_enum_ord.
  rewrite size_positions => j jL; rewrite (nth_positions _ _ (Ordinal jL)) (nth_map i) ?size_enum_ord //.
  rewrite (nth_ord_enum i (Ordinal jL)) ffunE /= (hs (Ordinal jL)); case: ifP => //= _.
  by rewrite -[in LHS](word_ofK hw) (nth_word_of _ (Ordinal jL)).
have m0 : Q2R (mass l s) <> 0 by rewrite (massP hs) //; have := seen_gt0 (show R) x0; lra.
rewrite qdivP // (massP hs) // (massP (with_maskP i hs)) // h // exact_conditional_show; congr (_ / _).
apply: eq_bigl => y; apply/eqP/eqP => [/show_add|] e; last by apply/show_add.
by rewrite -e.
Qed.

Lemma path_probP l (tau : {ffun I -> 'I_n.+1}) : l \in possible ->
  Q2R (path_prob l (mass l) (word_of tau)) = given_times p tau (ow l).
Proof.
move=> hl; rewrite /path_prob qprodP big_positions; apply: eq_bigr => i _.
by rewrite (predictionP (before_maskP tau i)) // before_irr.
Qed.

Lemma count_card (tau : {ffun I -> 'I_n.+1}) (k : 'I_n.+1) :
  count_mem (val k) (word_of tau) = #|[set i | tau i == k]|.
Proof.
rewrite count_map -sum1_card -sum1_count big_enum_cond /=; apply: eq_bigl => i.
by rewrite inE /= -val_eqE.
Qed.

Lemma times_probP tau : W tau = Q2R (times_prob (word_of tau)).
Proof.
move: hW; rewrite /has_policy /times_prob; case: (steps data) => [w|s|t] ->.
- by rewrite qprodP big_positions; apply: eq_bigr => i _; rewrite nth_word_of.
- have fitsP (t : {ffun I -> 'I_n.+1}) : has_sizes (fun k : 'I_n.+1 => nth 0%N s k) t = fits s (word_of t).
    apply/forallP/allP => [h k|h k]; last by rewrite -count_card; apply: h; rewrite mem_iota /=.
    by rewrite mem_iota => /= kn; have := h (Ordinal kn); rewrite -count_card.
  have cardP : #|@has_sizes I n.+1 (fun k : 'I_n.+1 => nth 0%N s k)| = count (fits s) (words n.+1 L).
    rewrite -sum1_card -sum1_count big_mkcond [RHS]big_mkcond big_words.
    by apply: eq_big_seq => t ht; congr (if _ then _ else _); rewrite -[RHS](congr1 (fits s) (word_ofK ht)) -fitsP.
  rewrite /fixed_size_times fitsP cardP; case: ifP => // ft.
    rewrite Q2R_Qred Q2R_inv ?Q2R_Z ?INR_IZR_INZ // => e.
    have := Qeq_eqR _ _ e; rewrite Q2R_Z Q2R0 => /eq_IZR_R0 z.
    have : (0 < count (fits s) (words n.+1 L))%N by rewrite -has_count; apply/hasP; exists (word_of tau) => //; exact: word_in.
    by rewrite lt0n; move: z; case: count.
  by rewrite Q2R0.
- by case: ifP; rewrite ?Q2R1 ?Q2R0.
Qed.

Lemma sum_times (F : {ffun I -> 'I_n.+1} -> R) :
  \sum_tau W tau * F tau = \sum_(tc <- all_times) Q2R tc.2 * F (ot tc.1).
Proof.
rewrite big_words /all_times big_filter big_map big_mkcond [RHS]big_mkcond /=; apply: eq_big_seq => t ht.
by rewrite times_probP word_ofK //; case: ifP => // /negbFE /qzeroP ->; ring.
Qed.

Lemma all_times_eq (G G' : seq nat * Q -> R) :
  (forall t, t \in words n.+1 L -> G (t, times_prob t) = G' (t, times_prob t)) ->
  \sum_(tc <- all_times) G tc = \sum_(tc <- all_times) G' tc.
Proof.
move=> h; rewrite /all_times !big_filter !big_map big_seq_cond [RHS]big_seq_cond.
by apply: eq_bigr => t /andP[ht _]; exact: h.
Qed.

Definition chances l := [seq (tc.2, path_prob l (mass l) tc.1) | tc <- all_times].

Lemma pathsE : paths = [seq (l, chances l) | l <- possible].
Proof.
apply: eq_map => l; congr (_, _); apply: eq_map => tc; congr (_, _).
rewrite /path_prob; congr qprod; apply: eq_map => i; rewrite /prediction.
by case: (predictions data) => //; rewrite !recallP.
Qed.

Lemma drawnP l : l \in possible -> Q2R (drawn (chances l)) = output p W (ow l).
Proof.
move=> hl; rewrite /drawn qsumP big_map /output sum_times; apply: all_times_eq => t ht.
by rewrite qmulP /= -path_probP // word_ofK.
Qed.

Lemma possible_sum_paths (F : seq nat * seq (Q * Q) -> R) :
  \sum_(lp <- paths) F lp = \sum_(l <- possible) F (l, chances l).
Proof. by rewrite pathsE big_map. Qed.

Lemma qdiv_pos a b : 0 < Q2R a -> qpos (qdiv a b) -> 0 < Q2R b.
Proof.
move=> a0 /qposP; have [e|[b0|b0]] : Q2R b = 0 \/ 0 < Q2R b \/ Q2R b < 0 by lra.
- have : Qeq b 0 by apply: eqR_Qeq; rewrite e Q2R0.
  rewrite /qdiv Q2R_Qred /Qdiv Q2R_mult; case: b {e} => -[|m|m] d //= _.
  by rewrite Q2R0 Rmult_0_r; lra.
- by [].
rewrite qdivP; last lra.
have : / Q2R b < 0 by apply: Rinv_lt_0_compat.
by rewrite /Rdiv; nra.
Qed.

Lemma prob_gt0 l : l \in possible -> 0 < Q2R (prob l).
Proof. by move=> hl; rewrite -q_word ?possible_in //; exact: possible_gt0. Qed.

Lemma divergence_possible (P : xs -> R) : divergence q P = \sum_(l <- possible) Q2R (prob l) * ln (Q2R (prob l) / P (ow l)).
Proof.
rewrite /divergence (sum_possible (fun x => ln (q x / P x))); apply: eq_big_seq => l /possible_in hl.
by rewrite q_word.
Qed.

Lemma dominated_possible (P : xs -> R) : (forall l, l \in possible -> 0 < P (ow l)) -> dominated q P.
Proof.
move=> h; apply/dominatedP => x x0; rewrite -[x]of_wordK; apply: h.
by rewrite mem_filter word_in andbT; apply/qposP; rewrite -hq.
Qed.

Lemma pairs_formP l f : pairs_form base l = Some f -> value f = pairs_value l /\ all (fun cr => qpos cr.2) l.
Proof.
rewrite /pairs_form; case e : of_pairs => [g|] //= [<-]; split; last exact: of_pairs_pos e.
by rewrite /value /= (of_pairsP e) Q2R0 Rplus_0_l.
Qed.

Lemma kl_value f : known_quantity base paths Kl = Some f -> kl q (output p W) = Fin (value f).
Proof.
rewrite [X in X = _]/known_quantity => /pairs_formP[-> pos].
have out l : l \in possible -> 0 < Q2R (drawn (chances l)).
  move=> hl; apply: (qdiv_pos (prob_gt0 hl)); move: pos; rewrite pathsE -map_comp all_map => /allP /(_ l hl).
  by [].
rewrite /kl dominated_possible => [|l hl]; last by rewrite -drawnP //; exact: out.
congr Fin; rewrite divergence_possible pairs_map possible_sum_paths; apply: eq_big_seq => l hl /=.
by rewrite qdivP ?drawnP //; have := out l hl; rewrite drawnP //; lra.
Qed.

Lemma path_kl_value f : known_quantity base paths PathKl = Some f -> path_kl q p W = Fin (value f).
Proof.
rewrite [X in X = _]/known_quantity => /pairs_formP[-> pos].
have each l tau : l \in possible -> W tau <> 0 -> 0 < given_times p tau (ow l).
  move=> hl w0; rewrite -path_probP //; apply: (qdiv_pos (prob_gt0 hl)).
  move: pos; rewrite pathsE all_flatten -map_comp all_map => /allP /(_ l hl) /=.
  rewrite /chances !all_map /all_times all_filter all_map => /allP /(_ (word_of tau) (word_in tau)) /=.
  move=> /implyP; apply; apply/negP => /qzeroP z; by apply: w0; rewrite times_probP.
rewrite /path_kl (xsum_fin (f := fun tau => W tau * divergence q (given_times p tau))).
  congr Fin; rewrite sum_times pairs_flatten possible_sum_paths /=.
  under [RHS]eq_bigr => l _ do rewrite pairs_map /chances big_map /=.
  rewrite exchange_big /=; apply: all_times_eq => t ht /=.
  rewrite divergence_possible big_distrr /=; apply: eq_big_seq => l hl.
  rewrite qmulP Rmult_assoc; have [z|nz] := Req_dec (Q2R (times_prob t)) 0; first by rewrite z !Rmult_0_l.
  congr (_ * (_ * ln _)).
  have e : Q2R (path_prob l (mass l) t) = given_times p (ot t) (ow l) by rewrite -path_probP // word_ofK.
  by rewrite qdivP e //; have := each l (ot t) hl; rewrite times_probP word_ofK // => /(_ nz); lra.
move=> tau; have [z|nz] := Req_dec (W tau) 0.
  by rewrite z Rmult_0_l /kl; case: ifP => _ /=; rewrite ?Rmult_0_l //; case: positiveP => //; lra.
by rewrite /kl dominated_possible // => l hl; exact: each.
Qed.

Lemma ser_value f : known_quantity base paths Ser = Some f -> ser q (output p W) = value f.
Proof.
rewrite /known_quantity => -[<-]; rewrite value_rational qaddP Q2R_opp Q2R1 qsumP possible_sum_paths.
rewrite /ser sum_support /Rminus; congr (1 + - _); apply: eq_big_seq => l hl.
by rewrite drawnP.
Qed.

Lemma H_value R s c : is_mask R s -> \sum_(l <- possible) Q2R (qmul (- c) (prob l)) * ln (Q2R (mass l s)) = Q2R c * H q R.
Proof.
move=> hs; rewrite /H entropy_observed /mean (sum_possible (fun x => - ln (seen q (show R) x))) big_distrr /=.
by apply: eq_big_seq => l /possible_in hl; rewrite qmulP Q2R_opp (massP hs) //; ring.
Qed.

Lemma entropies_cons c s l R : is_mask R s -> pairs_value (entropies ((c, s) :: l)) = Q2R c * H q R + pairs_value (entropies l).
Proof.
by move=> hs; rewrite /entropies !pairs_flatten big_cons pairs_map (H_value _ hs).
Qed.

Lemma entropies_nil : pairs_value (entropies [::]) = 0. Proof. by []. Qed.

Lemma entropies_map (T : Type) (c : Q) (f : T -> seq bool) (F : T -> {set I}) (s : seq T) : (forall x, is_mask (F x) (f x)) ->
  pairs_value (entropies [seq (c, f x) | x <- s]) = \sum_(x <- s) Q2R c * H q (F x).
Proof.
move=> h; elim: s => [|x s ih]; first by rewrite big_nil.
by rewrite big_cons -ih /= (entropies_cons _ _ (h x)).
Qed.

Lemma everythingP : is_mask [set: I] everything.
Proof. by split=> [|i]; rewrite ?size_nseq // nth_nseq ltn_ord in_setT. Qed.

Lemma onlyP (i : I) : is_mask [set i] (only i).
Proof. by split=> [|j]; rewrite ?size_positions // nth_positions in_set1. Qed.

Lemma all_butP (i : I) : is_mask ([set: I] :\ i) (all_but i).
Proof. by split=> [|j]; rewrite ?size_positions // nth_positions in_setD1 in_setT andbT. Qed.

Lemma positionsE : positions = map val (enum 'I_L).
Proof. by rewrite val_enum_ord. Qed.

Lemma entropy_value f : known_quantity base paths Entropy = Some f -> entropy q = value f.
Proof.
rewrite /known_quantity => /pairs_formP[-> _]; rewrite (entropies_cons _ _ everythingP) H_all Q2R1.
by rewrite entropies_nil; ring.
Qed.

Lemma Q2R_m1 : Q2R (-1) = -1. Proof. by rewrite /Q2R /=; field. Qed.

Lemma total_correlation_value f : known_quantity base paths TotalCorrelation = Some f -> total_correlation q = value f.
Proof.
rewrite /known_quantity => /pairs_formP[-> _]; rewrite (entropies_cons _ _ everythingP) H_all Q2R_m1.
rewrite positionsE -map_comp (entropies_map _ (F := fun i : I => [set i])); last by move=> i; exact: onlyP.
rewrite big_enum /= /total_correlation.
have -> : \sum_(i in 'I_L) Q2R 1 * H q [set i] = \sum_i entropy_of q (token i).
  by apply: eq_big => [i|i _]; rewrite ?inE // Q2R1 H_one; ring.
by ring.
Qed.

Lemma dual_total_correlation_value f :
  known_quantity base paths DualTotalCorrelation = Some f -> dual_total_correlation q = value f.
Proof.
rewrite /known_quantity => /pairs_formP[-> _]; rewrite (entropies_cons _ _ everythingP) H_all Q2R1 Rmult_1_l.
rewrite /dual_total_correlation /Rminus; congr (_ + _); rewrite -sum_opp -big_enum positionsE -map_comp /=.
have each (s : seq I) : \sum_(i <- s) - H_given q i ([set: I] :\ i) =
    pairs_value (entropies (flatten [seq [:: ((-1)%Q, everything); (1%Q, all_but (val i))] | i <- s])).
  elim: s => [|i s ih]; first by rewrite big_nil.
  rewrite big_cons ih [in RHS]/= (entropies_cons _ _ everythingP) (entropies_cons _ _ (all_butP i)) H_given_gain /gain.
  by rewrite setD1K ?in_setT // Q2R_m1 Q2R1; set rest := pairs_value _; ring.
exact: each.
Qed.

Definition times_fine : bool := all (fun tc => qpos tc.2) all_times.

Lemma output_fine x : times_fine -> 0 <= output p W x.
Proof.
rewrite /times_fine /all_times all_filter all_map => /allP fine; apply: sum_ge0 => tau _.
apply: Rmult_le_pos; last exact: given_times_ge0.
have := fine (word_of tau) (word_in tau); rewrite /= times_probP; case: (boolP (qzero _)) => [/qzeroP -> _|_ /qposP]; lra.
Qed.

Lemma tv_value f : times_fine -> known_quantity base paths Tv = Some f -> total_variation q (output p W) = value f.
Proof.
move=> fine; rewrite /known_quantity => -[<-]; rewrite value_rational qsumP possible_sum_paths /total_variation.
have -> : \sum_x Rmax (q x - output p W x) 0 = \sum_(x | positive (q x)) Rmax (q x - output p W x) 0.
  rewrite [RHS]big_mkcond; apply: eq_bigr => x _; case: positiveP => // h.
  have [->|//] := pmf_cases q x; by rewrite Rmax_right //; have := output_fine x fine; lra.
rewrite sum_support; apply: eq_big_seq => l hl /=.
rewrite -drawnP // q_word ?possible_in //; have e : Q2R (qadd (prob l) (- drawn (chances l))) = Q2R (prob l) - Q2R (drawn (chances l)).
  by rewrite qaddP Q2R_opp.
by case: qposP => h; rewrite ?e ?Q2R0; [rewrite Rmax_left | rewrite Rmax_right] => //; lra.
Qed.

Theorem known_quantityP name f : times_fine ->
  known_quantity base paths name = Some f -> is_quantity q p W name (value f).
Proof.
move=> fine; case: name => h.
- exact: kl_value.
- exact: path_kl_value.
- exact: ser_value.
- exact: tv_value.
- exact: entropy_value.
- exact: total_correlation_value.
- exact: dual_total_correlation_value.
Qed.

End Meaning.

(** ** Certificates *)

Definition number_of (name : quantity) : nat :=
  match name with
  | Kl => 0 | PathKl => 1 | Ser => 2 | Tv => 3 | Entropy => 4 | TotalCorrelation => 5 | DualTotalCorrelation => 6
  end%N.

Lemma number_of_inj : injective number_of. Proof. by case=> -[]. Qed.

Definition quantities_known (base : seq BinNums.positive) (used : seq quantity) : seq (nat * option form) :=
  let ps := paths in [seq (number_of name, known_quantity base ps name) | name <- used].

(** [a r b] holds, or is refuted. [used] lists the quantities; logarithms are taken of the numbers in [base], with
    [w] bits. *)
Definition certify (holds : bool) (base : seq BinNums.positive) (w : Z) (used : seq quantity)
    (r : relation) (a b : expression quantity) : bool :=
  let known := quantities_known base used in
  let look name := lookup None known (number_of name) in
  [&& data_fine, times_fine, all isSome [seq kf.2 | kf <- known] &
      (if holds then decide else refute) quantity base w look r a b].

Definition certified (holds : bool) (used : seq quantity) (r : relation) (a b : expression quantity) : Prop :=
  (exists (q : law (sequences I A)) (p : denoiser I A) (W : {ffun I -> 'I_n.+1} -> R),
    [/\ has_language q, has_denoiser q p & has_policy W]) /\
  forall (q : law (sequences I A)) (p : denoiser I A) (W : {ffun I -> 'I_n.+1} -> R),
  has_language q -> has_denoiser q p -> has_policy W ->
  exists env : quantity -> R, (forall name, List.In name used -> is_quantity q p W name (env name)) /\
    (if holds then compared r (meaning env a) (meaning env b) else ~ compared r (meaning env a) (meaning env b)).

Theorem certifiedP holds base w used r a b : certify holds base w used r a b -> certified holds used r a b.
Proof.
case/and4P => sound fine found; set look := fun name => _ => yes; split.
  have [q hq] := language_exists sound; have [p hp] := denoiser_exists q sound; have [W hW] := policy_exists.
  by exists q, p, W.
move=> q p W hq hp hW.
have lookP name f : look name = Some f -> known_quantity base paths name = Some f.
  rewrite /look /quantities_known; elim: used {found yes look} => //= u us ih.
  by case: eqP => [/number_of_inj -> //|_]; exact: ih.
pose env name := match look name with Some f => value f | None => 0 end.
exists env; split=> [name used_name|].
  have [f e] : exists f, look name = Some f.
    rewrite /look; move: found; rewrite /quantities_known {look lookP env yes}.
    elim: used used_name => //= u us ih [->|hin] /andP[h1 h2].
      by rewrite eqxx; case: known_quantity h1 => // f _; exists f.
    case: eqP => _; last exact: ih.
    by case: known_quantity h1 => // f _; exists f.
  by rewrite /env e; apply: (known_quantityP hq hp hW fine); exact: lookP.
have known name f : look name = Some f -> value f = env name by rewrite /env => ->.
by case: holds yes => yes; [apply: (decideP known yes) | apply: (refuteP known yes)].
Qed.

End Instances.
