(** Bounds of logarithms of rationals, by computation on integers.

    [log_bounds w a b] is a pair of integers around [2^w ln (a / b)], as proved in [log_boundsP]. With [k] such that
    [2^k] is near [a / b], [ln (a / b) = k ln 2 + ln (1 + z) / (1 - z)], and [ln (1 + z) / (1 - z)] is twice the sum of
    [z^(2i+1) / (2i+1)], whose rest after [n] terms is at most [z^(2n+1) / (1 - z^2)] (by the mean value theorem). *)
From Coq Require Import Reals Lra Lia ZArith Psatz.
From mathcomp Require Import ssreflect ssrbool ssrfun.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

(** ** The series *)

(** Terms [j], .., [j + n - 1], and their derivative. *)
Fixpoint terms (j n : nat) (z : R) : R :=
  match n with O => 0 | S m => z ^ (2 * j + 1) / INR (2 * j + 1) + terms (S j) m z end.
Fixpoint slopes (j n : nat) (z : R) : R :=
  match n with O => 0 | S m => z ^ (2 * j) + slopes (S j) m z end.

Lemma odd_gt0 j : 0 < INR (2 * j + 1).
Proof. by apply: lt_0_INR; lia. Qed.

Lemma derivable_terms n : forall j z, derivable_pt_lim (terms j n) z (slopes j n z).
Proof.
elim: n => [|n ih] j z /=; first exact: derivable_pt_lim_const.
apply: (derivable_pt_lim_plus (fun z => z ^ (2 * j + 1) / INR (2 * j + 1)) (terms (S j) n)); last exact: ih.
have n0 := odd_gt0 j.
have -> : z ^ (2 * j) = (INR (2 * j + 1) * z ^ Nat.pred (2 * j + 1)) * / INR (2 * j + 1) + z ^ (2 * j + 1) * 0.
  have -> : Nat.pred (2 * j + 1) = (2 * j)%nat by lia.
  by field; lra.
apply: (derivable_pt_lim_mult (fun z => z ^ (2 * j + 1)) (fun _ => / INR (2 * j + 1))).
  exact: derivable_pt_lim_pow.
exact: derivable_pt_lim_const.
Qed.

Lemma slopes_sum n : forall j z, (1 - z ^ 2) * slopes j n z = z ^ (2 * j) - z ^ (2 * (j + n)).
Proof.
elim: n => [|n ih] j z; first by rewrite Nat.add_0_r /=; lra.
cbn [slopes]; rewrite Rmult_plus_distr_l ih.
have -> : (2 * (S j + n) = 2 * (j + S n))%nat by lia.
have -> : z ^ (2 * S j) = z ^ (2 * j) * z ^ 2 by rewrite -pow_add; congr (_ ^ _); lia.
by lra.
Qed.

Lemma terms0 n : forall j, terms j n 0 = 0.
Proof.
elim: n => [|n ih] j //; cbn [terms]; rewrite ih pow_ne_zero; last lia.
by rewrite /Rdiv Rmult_0_l; lra.
Qed.

Definition ln_quotient (z : R) : R := ln (1 + z) - ln (1 - z).

Lemma derivable_ln_quotient z : -1 < z < 1 -> derivable_pt_lim ln_quotient z (2 / (1 - z ^ 2)).
Proof.
move=> h.
have -> : 2 / (1 - z ^ 2) = / (1 + z) * (0 + 1) - / (1 - z) * (0 - 1) by field; nra.
apply: (derivable_pt_lim_minus (fun z => ln (1 + z)) (fun z => ln (1 - z))).
  apply: (derivable_pt_lim_comp (fun z => 1 + z) ln); last by apply: derivable_pt_lim_ln; lra.
  by apply: (derivable_pt_lim_plus (fun=> 1) id); [exact: derivable_pt_lim_const | exact: derivable_pt_lim_id].
apply: (derivable_pt_lim_comp (fun z => 1 - z) ln); last by apply: derivable_pt_lim_ln; lra.
by apply: (derivable_pt_lim_minus (fun=> 1) id); [exact: derivable_pt_lim_const | exact: derivable_pt_lim_id].
Qed.

Theorem ln_quotient_bounds n z : 0 <= z -> z <= / 2 ->
  2 * terms 0 n z <= ln_quotient z <= 2 * (terms 0 n z + 2 * z ^ (2 * n + 1)).
Proof.
case=> [z0|<-] half; last first.
  rewrite terms0 /ln_quotient Rplus_0_r Rminus_0_r pow_ne_zero; last lia.
  by lra.
pose f x := ln_quotient x - 2 * terms 0 n x.
have df c : 0 <= c <= z -> derivable_pt_lim f c (2 / (1 - c ^ 2) - 2 * slopes 0 n c).
  move=> hc; apply: derivable_pt_lim_minus; first by apply: derivable_ln_quotient; lra.
  by apply: derivable_pt_lim_scal; exact: derivable_terms.
have [c [e [c0 cz]]] := MVT_cor2 f _ 0 z z0 df.
have f0 : f 0 = 0 by rewrite /f terms0 /ln_quotient Rplus_0_r Rminus_0_r; lra.
have s := slopes_sum n 0 c; rewrite /= in s.
have c2 : c * (c * 1) < 1 by nra.
have slope : 2 / (1 - c ^ 2) - 2 * slopes 0 n c = 2 * c ^ (2 * n) / (1 - c ^ 2).
  have -> : slopes 0 n c = (1 - c ^ (2 * n)) / (1 - c ^ 2).
    apply: (Rmult_eq_reg_l (1 - c ^ 2)); last by cbn [pow]; lra.
    by rewrite /= s; field; lra.
  by field; cbn [pow]; lra.
rewrite slope f0 in e.
have p0 : 0 <= c ^ (2 * n) by apply: pow_le; lra.
have pz : c ^ (2 * n) <= z ^ (2 * n) by apply: pow_incr; lra.
have q0 : 0 < / (1 - c ^ 2) by apply: Rinv_0_lt_compat; cbn [pow]; lra.
have q2 : / (1 - c ^ 2) <= 2.
  rewrite -[X in _ <= X]Rinv_inv; apply: Rinv_le_contravar; cbn [pow]; [lra | nra].
have -> : z ^ (2 * n + 1) = z ^ (2 * n) * z by rewrite pow_add pow_1.
have -> : ln_quotient z = 2 * terms 0 n z + 2 * (c ^ (2 * n) * / (1 - c ^ 2) * z).
  by move: e; rewrite /f /Rdiv; lra.
have u0 : 0 <= c ^ (2 * n) * / (1 - c ^ 2) by apply: Rmult_le_pos; lra.
have u1 : c ^ (2 * n) * / (1 - c ^ 2) <= z ^ (2 * n) * 2 by apply: Rmult_le_compat; lra.
by nra.
Qed.

(** ** Integers at the scale [2^w] *)

Definition scale (w : Z) : R := IZR (2 ^ w).

(** Down and up to a whole number. *)
Definition down (a b : Z) : Z := (a / b)%Z.
Definition up (a b : Z) : Z := (- (- a / b))%Z.

(** The same for [b = 2^w], by shifts. *)
Definition shift_down (w a : Z) : Z := Z.shiftr a w.
Definition shift_up (w a : Z) : Z := (- Z.shiftr (- a) w)%Z.

Lemma shift_downE w a : (0 <= w)%Z -> shift_down w a = down a (2 ^ w).
Proof. exact: Z.shiftr_div_pow2. Qed.

Lemma shift_upE w a : (0 <= w)%Z -> shift_up w a = up a (2 ^ w).
Proof. by move=> w0; rewrite /shift_up Z.shiftr_div_pow2. Qed.

Lemma down_le a b : (0 < b)%Z -> IZR (down a b) * IZR b <= IZR a.
Proof. by move=> b0; rewrite -mult_IZR; apply: IZR_le; rewrite Z.mul_comm; apply: Z.mul_div_le. Qed.

Lemma up_ge a b : (0 < b)%Z -> IZR a <= IZR (up a b) * IZR b.
Proof.
move=> b0; rewrite /up -mult_IZR; apply: IZR_le.
by have := Z.mul_div_le (- a) b b0; lia.
Qed.

Lemma scale_gt0 w : (0 <= w)%Z -> 0 < scale w.
Proof. by move=> w0; apply: (IZR_lt 0); apply: Z.pow_pos_nonneg. Qed.

(** [acc + p_j / (2j+1) + ..], each power of [z] from the one before. *)
Fixpoint sum_down (w : Z) (n : nat) (j p s acc : Z) : Z :=
  match n with
  | O => acc
  | S m => sum_down w m (j + 1) (shift_down w (p * s)) s (acc + down p (2 * j + 1))
  end.
Fixpoint sum_up (w : Z) (n : nat) (j p s acc : Z) : Z :=
  match n with
  | O => acc + 2 * p
  | S m => sum_up w m (j + 1) (shift_up w (p * s)) s (acc + up p (2 * j + 1))
  end.

Section Scale.
Variable w : Z.
Hypothesis w0 : (0 <= w)%Z.
Let W := scale w.
Let W0 : 0 < W := scale_gt0 w0.
Let two_w : (0 < 2 ^ w)%Z. Proof. by apply: Z.pow_pos_nonneg. Qed.

Lemma odd_IZR j : IZR (2 * Z.of_nat j + 1) = INR (2 * j + 1).
Proof. by rewrite INR_IZR_INZ; congr IZR; lia. Qed.

Lemma next_power z j : z ^ (2 * S j + 1) = z ^ (2 * j + 1) * z ^ 2.
Proof. by rewrite -pow_add; congr (_ ^ _); lia. Qed.

Lemma sum_downP n : forall j p s acc z, 0 <= z -> (0 <= p)%Z -> (0 <= s)%Z ->
  IZR p <= W * z ^ (2 * j + 1) -> IZR s <= W * z ^ 2 ->
  IZR (sum_down w n (Z.of_nat j) p s acc) <= IZR acc + W * terms j n z.
Proof.
elim: n => [|n ih] j p s acc z z0 p0 s0 hp hs; first by rewrite /=; lra.
cbn [sum_down terms]; rewrite shift_downE //.
have -> : (Z.of_nat j + 1 = Z.of_nat (S j))%Z by lia.
have P0 : 0 <= IZR p by apply: (IZR_le 0).
have S0 : 0 <= IZR s by apply: (IZR_le 0).
have zz : 0 <= z ^ (2 * j + 1) by apply: pow_le.
have step : IZR (down (p * s) (2 ^ w)) <= W * z ^ (2 * S j + 1).
  have d := down_le (p * s) two_w; rewrite mult_IZR -/(scale w) -/W in d.
  apply: (Rmult_le_reg_r W) => //; apply: (Rle_trans _ _ _ d).
  have -> : W * z ^ (2 * S j + 1) * W = (W * z ^ (2 * j + 1)) * (W * z ^ 2) by rewrite next_power; ring.
  by apply: Rmult_le_compat.
have dp0 : (0 <= down (p * s) (2 ^ w))%Z by apply: Z.div_pos => //; apply: Z.mul_nonneg_nonneg.
have := ih (S j) _ s (acc + down p (2 * Z.of_nat j + 1))%Z z z0 dp0 s0 step hs.
move=> h; apply: (Rle_trans _ _ _ h); rewrite plus_IZR.
have o0 : (0 < 2 * Z.of_nat j + 1)%Z by lia.
have d := down_le p o0; rewrite odd_IZR in d.
have n0 := odd_gt0 j.
suff : IZR (down p (2 * Z.of_nat j + 1)) <= W * (z ^ (2 * j + 1) / INR (2 * j + 1)) by lra.
apply: (Rmult_le_reg_r (INR (2 * j + 1))) => //.
have -> : W * (z ^ (2 * j + 1) / INR (2 * j + 1)) * INR (2 * j + 1) = W * z ^ (2 * j + 1) by field; lra.
by lra.
Qed.

Lemma sum_upP n : forall j p s acc z, 0 <= z ->
  W * z ^ (2 * j + 1) <= IZR p -> W * z ^ 2 <= IZR s ->
  IZR acc + W * (terms j n z + 2 * z ^ (2 * (j + n) + 1)) <= IZR (sum_up w n (Z.of_nat j) p s acc).
Proof.
elim: n => [|n ih] j p s acc z z0 hp hs.
  by rewrite /sum_up /terms Nat.add_0_r plus_IZR mult_IZR; lra.
cbn [sum_up terms]; rewrite shift_upE //.
have -> : (Z.of_nat j + 1 = Z.of_nat (S j))%Z by lia.
have -> : (j + S n = S j + n)%nat by lia.
have zz : 0 <= z ^ (2 * j + 1) by apply: pow_le.
have z2 : 0 <= z ^ 2 by apply: pow_le.
have step : W * z ^ (2 * S j + 1) <= IZR (up (p * s) (2 ^ w)).
  have d := up_ge (p * s) two_w; rewrite mult_IZR -/(scale w) -/W in d.
  apply: (Rmult_le_reg_r W) => //; apply: (Rle_trans _ _ _ _ d).
  have -> : W * z ^ (2 * S j + 1) * W = (W * z ^ (2 * j + 1)) * (W * z ^ 2) by rewrite next_power; ring.
  by apply: Rmult_le_compat => //; apply: Rmult_le_pos; lra.
have := ih (S j) _ s (acc + up p (2 * Z.of_nat j + 1))%Z z z0 step hs.
move=> h; apply: (Rle_trans _ _ _ _ h); rewrite plus_IZR.
have o0 : (0 < 2 * Z.of_nat j + 1)%Z by lia.
have d := up_ge p o0; rewrite odd_IZR in d.
have n0 := odd_gt0 j.
suff : W * (z ^ (2 * j + 1) / INR (2 * j + 1)) <= IZR (up p (2 * Z.of_nat j + 1)) by lra.
apply: (Rmult_le_reg_r (INR (2 * j + 1))) => //.
have -> : W * (z ^ (2 * j + 1) / INR (2 * j + 1)) * INR (2 * j + 1) = W * z ^ (2 * j + 1) by field; lra.
by lra.
Qed.

(** Around [2^w ln (a / b)] for [b <= a <= 3 b]; 2 bits more than is needed a term. *)
Definition near_one (a b : Z) : Z * Z :=
  let n := Z.to_nat (w / 3 + 2) in
  let z := down (2 ^ w * (a - b)) (a + b) in
  let z' := (up (2 ^ w * (a - b)) (a + b)) in
  ((2 * sum_down w n 0 z (down (z * z) (2 ^ w)) 0)%Z, (2 * sum_up w n 0 z' (up (z' * z') (2 ^ w)) 0)%Z).

Lemma near_oneP a b : (0 < b)%Z -> (b <= a)%Z -> (a <= 3 * b)%Z ->
  IZR (fst (near_one a b)) <= W * ln (IZR a / IZR b) <= IZR (snd (near_one a b)).
Proof.
move=> b0 ba a3.
have B0 : 0 < IZR b by apply: (IZR_lt 0).
have BA : IZR b <= IZR a by apply: IZR_le.
have A3 : IZR a <= 3 * IZR b by rewrite -(mult_IZR 3); apply: IZR_le.
pose z := (IZR a - IZR b) / (IZR a + IZR b).
have ez : z * (IZR a + IZR b) = IZR a - IZR b by rewrite /z; field; lra.
have z0 : 0 <= z by nra.
have half : z <= / 2 by nra.
have -> : ln (IZR a / IZR b) = ln_quotient z.
  rewrite /ln_quotient.
  have -> : IZR a / IZR b = (1 + z) * / (1 - z) by rewrite /z; field; lra.
  by rewrite ln_mult ?ln_Rinv; [lra | lra | lra | apply: Rinv_0_lt_compat; lra].
have s0 : (0 < a + b)%Z by lia.
have d := down_le (2 ^ w * (a - b)) s0.
have u := up_ge (2 ^ w * (a - b)) s0.
rewrite mult_IZR minus_IZR plus_IZR -/(scale w) -/W in d u.
set zd := down _ _ in d; set zu := up _ _ in u.
have zd0 : (0 <= zd)%Z by apply: Z.div_pos => //; apply: Z.mul_nonneg_nonneg; lia.
have S0 : 0 < IZR a + IZR b by lra.
have hd : IZR zd <= W * z by apply: (Rmult_le_reg_r _ _ _ S0); rewrite Rmult_assoc ez.
have hu : W * z <= IZR zu by apply: (Rmult_le_reg_r _ _ _ S0); rewrite Rmult_assoc ez.
have [lo hi] := ln_quotient_bounds (Z.to_nat (w / 3 + 2)) z0 half.
have ZD0 : 0 <= IZR zd by apply: (IZR_le 0).
have Wz0 : 0 <= W * z by apply: Rmult_le_pos; lra.
have sd : IZR (down (zd * zd) (2 ^ w)) <= W * z ^ 2.
  have h := down_le (zd * zd) two_w; rewrite mult_IZR -/(scale w) -/W in h.
  apply: (Rmult_le_reg_r W) => //; apply: (Rle_trans _ _ _ h).
  have -> : W * z ^ 2 * W = (W * z) * (W * z) by ring.
  by apply: Rmult_le_compat.
have su : W * z ^ 2 <= IZR (up (zu * zu) (2 ^ w)).
  have h := up_ge (zu * zu) two_w; rewrite mult_IZR -/(scale w) -/W in h.
  apply: (Rmult_le_reg_r W) => //; apply: (Rle_trans _ _ _ _ h).
  have -> : W * z ^ 2 * W = (W * z) * (W * z) by ring.
  by apply: Rmult_le_compat.
have sd0 : (0 <= down (zd * zd) (2 ^ w))%Z by apply: Z.div_pos => //; apply: Z.mul_nonneg_nonneg.
have one : W * z ^ (2 * 0 + 1) = W * z by rewrite /=; ring.
rewrite /near_one -/zd -/zu; set n := Z.to_nat _ in lo hi *.
have D : IZR (sum_down w n 0 zd (down (zd * zd) (2 ^ w)) 0) <= 0 + W * terms 0 n z.
  by apply: (@sum_downP n 0) => //; rewrite one.
have U : 0 + W * (terms 0 n z + 2 * z ^ (2 * n + 1)) <= IZR (sum_up w n 0 zu (up (zu * zu) (2 ^ w)) 0).
  by apply: (@sum_upP n 0) => //; rewrite one.
rewrite /fst /snd !mult_IZR; split; nra.
Qed.

(** Around [2^w ln (a / b)] for [a / b] between 1/3 and 3. *)
Definition near (a b : Z) : Z * Z :=
  if (b <=? a)%Z then near_one a b else let: (l, h) := near_one b a in ((- h)%Z, (- l)%Z).

Lemma nearP a b : (0 < a)%Z -> (0 < b)%Z -> (a <= 3 * b)%Z -> (b <= 3 * a)%Z ->
  IZR (fst (near a b)) <= W * ln (IZR a / IZR b) <= IZR (snd (near a b)).
Proof.
move=> a0 b0 a3 b3; rewrite /near; case: Z.leb_spec => [ba|ab]; first exact: near_oneP.
have A0 : 0 < IZR a by apply: (IZR_lt 0).
have B0 : 0 < IZR b by apply: (IZR_lt 0).
have := near_oneP a0 (Z.lt_le_incl _ _ ab) b3; case: near_one => l h; rewrite /fst /snd !opp_IZR.
have -> : ln (IZR a / IZR b) = - ln (IZR b / IZR a).
  rewrite -ln_Rinv; last by apply: Rdiv_lt_0_compat.
  by congr ln; field; lra.
by nra.
Qed.

End Scale.

Lemma ln_two_power k : (0 <= k)%Z -> ln (IZR (2 ^ k)) = IZR k * ln 2.
Proof.
move=> k0; rewrite -(Z2Nat.id k k0) -INR_IZR_INZ -ln_pow; last lra.
by rewrite pow_IZR.
Qed.

Definition times (k : Z) (x : Z * Z) : Z * Z :=
  if (0 <=? k)%Z then ((k * fst x)%Z, (k * snd x)%Z) else ((k * snd x)%Z, (k * fst x)%Z).

Lemma timesP k x r : IZR (fst x) <= r <= IZR (snd x) -> IZR (fst (times k x)) <= IZR k * r <= IZR (snd (times k x)).
Proof.
case: x => l u /= [hl hu]; rewrite /times; case: Z.leb_spec => [/(IZR_le 0)|/IZR_lt] k0;
  rewrite /fst /snd !mult_IZR; split; nra.
Qed.

Definition plus (x y : Z * Z) : Z * Z := ((fst x + fst y)%Z, (snd x + snd y)%Z).

(** Around [2^w ln (a / b)]. *)
Definition log_bounds (w : Z) (a b : positive) : option (Z * Z) :=
  let k := (Z.log2 (Zpos a) - Z.log2 (Zpos b))%Z in
  let a' := (Zpos a * 2 ^ Z.max 0 (- k))%Z in
  let b' := (Zpos b * 2 ^ Z.max 0 k)%Z in
  if ((0 <=? w) && (a' <=? 3 * b') && (b' <=? 3 * a'))%Z
  then Some (plus (times k (near w 2 1)) (near w a' b')) else None.

Theorem log_boundsP w a b x : log_bounds w a b = Some x ->
  (0 <= w)%Z /\ IZR (fst x) <= scale w * ln (IZR (Zpos a) / IZR (Zpos b)) <= IZR (snd x).
Proof.
rewrite /log_bounds; set k := (_ - _)%Z; case: ifP => // /andP[/andP[]].
move=> /Z.leb_le w0 /Z.leb_le a3 /Z.leb_le b3 /Some_inj <-; split=> //.
have m0 : (0 <= Z.max 0 k)%Z by lia.
have n0 : (0 <= Z.max 0 (- k))%Z by lia.
have pm : (0 < 2 ^ Z.max 0 k)%Z by apply: Z.pow_pos_nonneg.
have pn : (0 < 2 ^ Z.max 0 (- k))%Z by apply: Z.pow_pos_nonneg.
set a' := (Zpos a * _)%Z in a3 b3 *; set b' := (Zpos b * _)%Z in a3 b3 *.
have a0 : (0 < a')%Z by apply: Z.mul_pos_pos.
have b0 : (0 < b')%Z by apply: Z.mul_pos_pos.
have one := nearP w0 a0 b0 a3 b3.
have : IZR (fst (near w 2 1)) <= scale w * ln (2 / 1) <= IZR (snd (near w 2 1)) by apply: nearP.
have -> : 2 / 1 = 2 by field.
move=> /(timesP k) two.
have A0 : 0 < IZR (Zpos a) by apply: (IZR_lt 0).
have B0 : 0 < IZR (Zpos b) by apply: (IZR_lt 0).
have M0 : 0 < IZR (2 ^ Z.max 0 k) by apply: (IZR_lt 0).
have N0 : 0 < IZR (2 ^ Z.max 0 (- k)) by apply: (IZR_lt 0).
have quotient c d : 0 < c -> 0 < d -> ln (c / d) = ln c - ln d.
  by move=> *; rewrite /Rdiv ln_mult ?ln_Rinv //; apply: Rinv_0_lt_compat.
have e : ln (IZR (Zpos a) / IZR (Zpos b)) = IZR k * ln 2 + ln (IZR a' / IZR b').
  rewrite /a' /b' !mult_IZR !quotient //; try by apply: Rmult_lt_0_compat.
  rewrite !ln_mult // !ln_two_power //.
  have -> : IZR k = IZR (Z.max 0 k) - IZR (Z.max 0 (- k)) by rewrite -minus_IZR; congr IZR; lia.
  by ring.
rewrite e; clearbody a' b' k; move: one two; case: (near w a' b') => u v; case: (times k _) => p q.
rewrite /plus /fst /snd !plus_IZR => -[h1 h2] [h3 h4].
have -> : scale w * (IZR k * ln 2 + ln (IZR a' / IZR b')) = IZR k * (scale w * ln 2) + scale w * ln (IZR a' / IZR b').
  by ring.
by split; lra.
Qed.
