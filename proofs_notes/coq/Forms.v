(** Rational combinations of logarithms, and arithmetic of enclosures, by computation. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals Qpower Psatz List.
From mathcomp Require Import ssreflect ssrbool ssrfun.
From Maskbound Require Export Logs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

Lemma Q2R_Qred c : Q2R (Qred c) = Q2R c.
Proof. by apply: Qeq_eqR; exact: Qred_correct. Qed.

Definition qadd (a b : Q) : Q := Qred (a + b).
Definition qmul (a b : Q) : Q := Qred (a * b).
Lemma qaddP a b : Q2R (qadd a b) = Q2R a + Q2R b. Proof. by rewrite Q2R_Qred Q2R_plus. Qed.
Lemma qmulP a b : Q2R (qmul a b) = Q2R a * Q2R b. Proof. by rewrite Q2R_Qred Q2R_mult. Qed.

Definition qzero (c : Q) : bool := match Qnum c with Z0 => true | _ => false end.
Lemma qzeroP c : qzero c -> Q2R c = 0.
Proof. by case: c => -[|n|n] d // _; rewrite /Q2R /= Rmult_0_l. Qed.

Lemma Q2R_Z n : Q2R (inject_Z n) = IZR n.
Proof. by rewrite /Q2R /= Rinv_1 Rmult_1_r. Qed.

(** ** Forms: a rational, and rationals times logarithms of whole numbers *)

Record form := Form { rational : Q; logs : list (Q * positive) }.

Definition ln_of (n : positive) : R := ln (IZR (Zpos n)).
Fixpoint logs_value (l : list (Q * positive)) : R :=
  match l with nil => 0 | (c, n) :: l => Q2R c * ln_of n + logs_value l end.
Definition value (f : form) : R := Q2R (rational f) + logs_value (logs f).

Lemma IZR_gt0 n : 0 < IZR (Zpos n). Proof. by apply: (IZR_lt 0). Qed.

Lemma ln_of_mul a b : ln_of (a * b) = ln_of a + ln_of b.
Proof. by rewrite /ln_of Pos2Z.inj_mul mult_IZR ln_mult //; apply: IZR_gt0. Qed.

Lemma ln_of_1 : ln_of 1 = 0. Proof. exact: ln_1. Qed.

(** One term more; a number occurs once. *)
Fixpoint add_log (c : Q) (n : positive) (l : list (Q * positive)) : list (Q * positive) :=
  match l with
  | nil => (c, n) :: nil
  | (d, m) :: l => if (n =? m)%positive then (qadd c d, m) :: l else (d, m) :: add_log c n l
  end.

Lemma add_logP c n l : logs_value (add_log c n l) = Q2R c * ln_of n + logs_value l.
Proof.
elim: l => //= -[d m] l ih; case: Pos.eqb_spec => [->|_] /=; first by rewrite qaddP; ring.
by rewrite ih; ring.
Qed.

(** [n = b^e m] *)
Fixpoint pull (fuel : nat) (b n : positive) : Z * positive :=
  match fuel with
  | O => (0%Z, n)
  | S fuel => match (Zpos n / Zpos b)%Z with
              | Zpos m => if (b * m =? n)%positive then let: (e, r) := pull fuel b m in ((1 + e)%Z, r) else (0%Z, n)
              | _ => (0%Z, n)
              end
  end.

Lemma pullP fuel b : forall n, ln_of n = IZR (fst (pull fuel b n)) * ln_of b + ln_of (snd (pull fuel b n)).
Proof.
elim: fuel => [|fuel ih] n; first by rewrite /=; ring.
cbn [pull]; case: (Z.pos n / Z.pos b)%Z => [|m|m]; try by rewrite /=; ring.
case: Pos.eqb_spec => [<-|_]; last by rewrite /=; ring.
rewrite ln_of_mul (ih m); case: (pull fuel b m) => e r; cbn [fst snd]; rewrite plus_IZR; ring.
Qed.

(** [c ln n] in terms of a base of numbers, and what is left of [n]. *)
Fixpoint in_base (base : list positive) (c : Q) (n : positive) (l : list (Q * positive)) : list (Q * positive) :=
  match base with
  | nil => if (n =? 1)%positive then l else add_log c n l
  | b :: base =>
      let: (e, m) := pull (Pos.size_nat n) b n in
      in_base base c m (if (e =? 0)%Z then l else add_log (qmul c (inject_Z e)) b l)
  end.

Lemma in_baseP base : forall c n l, logs_value (in_base base c n l) = Q2R c * ln_of n + logs_value l.
Proof.
elim: base => [|b base ih] c n l; cbn [in_base].
  by case: Pos.eqb_spec => [->|_]; [rewrite ln_of_1; ring | exact: add_logP].
have := pullP (Pos.size_nat n) b n; case: (pull (Pos.size_nat n) b n) => e m; rewrite /fst /snd => ->.
rewrite ih; case: Z.eqb_spec => [->|_]; first by ring.
by rewrite add_logP qmulP Q2R_Z; ring.
Qed.

Fixpoint reduced (base : list positive) (l : list (Q * positive)) : list (Q * positive) :=
  match l with
  | nil => nil
  | (c, n) :: l => if qzero c then reduced base l else in_base base c n (reduced base l)
  end.

Lemma reducedP base l : logs_value (reduced base l) = logs_value l.
Proof.
elim: l => //= -[c n] l ih; case: ifP => [/qzeroP ->|_]; first by rewrite ih; ring.
by rewrite in_baseP ih.
Qed.

Definition nonzero (l : list (Q * positive)) := filter (fun cn => negb (qzero (fst cn))) l.

Lemma nonzeroP l : logs_value (nonzero l) = logs_value l.
Proof.
by elim: l => //= -[c n] l ih /=; case: ifP => [_|/negbFE/qzeroP ->] /=; rewrite ih //; ring.
Qed.

Definition normal (base : list positive) (f : form) : form := Form (rational f) (nonzero (reduced base (logs f))).

Lemma normalP base f : value (normal base f) = value f.
Proof. by rewrite /value /= nonzeroP reducedP. Qed.

(** Sums of [c ln r] for rationals [r > 0]; terms with [c = 0] are left out. *)
Fixpoint pairs_value (l : list (Q * Q)) : R :=
  match l with nil => 0 | (c, r) :: l => Q2R c * ln (Q2R r) + pairs_value l end.

Fixpoint of_pairs (base : list positive) (l : list (Q * Q)) : option (list (Q * positive)) :=
  match l with
  | nil => Some nil
  | (c, r) :: l =>
      match Qnum r, of_pairs base l with
      | Zpos a, Some f => Some (in_base base c a (in_base base (- c) (Qden r) f))
      | _, _ => None
      end
  end.

Lemma of_pairsP base l : forall f, of_pairs base l = Some f -> logs_value f = pairs_value l.
Proof.
elim: l => [|[c [n d]] l ih] f /=; first by case=> <-.
case: n => // a; case: of_pairs ih => // g /(_ g erefl) e [<-].
rewrite !in_baseP e Q2R_opp /Q2R /= ln_mult ?ln_Rinv; try exact: IZR_gt0; last by apply: Rinv_0_lt_compat; exact: IZR_gt0.
by rewrite /ln_of; ring.
Qed.

Fixpoint scaled (c : Q) (l : list (Q * positive)) : list (Q * positive) :=
  match l with nil => nil | (d, n) :: l => (qmul c d, n) :: scaled c l end.

Lemma scaledP c l : logs_value (scaled c l) = Q2R c * logs_value l.
Proof. by elim: l => [|[d n] l ih] /=; [ring | rewrite qmulP ih; ring]. Qed.

Fixpoint joined (l m : list (Q * positive)) : list (Q * positive) :=
  match l with nil => m | (c, n) :: l => add_log c n (joined l m) end.

Lemma joinedP l m : logs_value (joined l m) = logs_value l + logs_value m.
Proof. by elim: l => [|[c n] l ih] /=; [ring | rewrite add_logP ih; ring]. Qed.

Definition form_add f g := Form (qadd (rational f) (rational g)) (nonzero (joined (logs f) (logs g))).
Definition form_scale c f := Form (qmul c (rational f)) (scaled c (logs f)).

Lemma form_addP f g : value (form_add f g) = value f + value g.
Proof. by rewrite /value /= qaddP nonzeroP joinedP; ring. Qed.
Lemma form_scaleP c f : value (form_scale c f) = Q2R c * value f.
Proof. by rewrite /value /= qmulP scaledP; ring. Qed.

(** ** Enclosures: whole numbers around [2^w x] *)

Section Enclosures.
Variable w : Z.
Hypothesis w0 : (0 <= w)%Z.
Let W0 : 0 < scale w := scale_gt0 w0.
Let two_w : (0 < 2 ^ w)%Z. Proof. by apply: Z.pow_pos_nonneg. Qed.

Definition around (x : Z * Z) (r : R) := IZR (fst x) <= scale w * r <= IZR (snd x).

(** [c x] *)
Definition ball_scale (c : Q) (x : Z * Z) : Z * Z :=
  let: (l, h) := times (Qnum c) x in (down l (Zpos (Qden c)), up h (Zpos (Qden c))).

Lemma ball_scaleP c x r : around x r -> around (ball_scale c x) (Q2R c * r).
Proof.
move=> /(timesP (Qnum c)); rewrite /ball_scale; case: times => l h; rewrite /around /fst /snd => hx.
have d := down_le l (Pos2Z.is_pos (Qden c)); have u := up_ge h (Pos2Z.is_pos (Qden c)).
have D0 := IZR_gt0 (Qden c).
have e : scale w * (Q2R c * r) * IZR (Zpos (Qden c)) = IZR (Qnum c) * (scale w * r) by rewrite /Q2R; field; lra.
by split; apply: (Rmult_le_reg_r _ _ _ D0); rewrite e; lra.
Qed.

Lemma around_1 : around ((2 ^ w)%Z, (2 ^ w)%Z) 1.
Proof. by rewrite /around /scale /=; lra. Qed.

Definition ball_of (c : Q) : Z * Z := ball_scale c ((2 ^ w)%Z, (2 ^ w)%Z).
Lemma ball_ofP c : around (ball_of c) (Q2R c).
Proof. by rewrite -[Q2R c]Rmult_1_r; apply: ball_scaleP around_1. Qed.

Lemma plusP x y r s : around x r -> around y s -> around (plus x y) (r + s).
Proof. by rewrite /around /plus /fst /snd !plus_IZR; case: x y => [a b] [c d]; lra. Qed.

Fixpoint logs_ball (l : list (Q * positive)) : option (Z * Z) :=
  match l with
  | nil => Some (0%Z, 0%Z)
  | (c, n) :: l => match log_bounds w n 1, logs_ball l with
                   | Some x, Some y => Some (plus (ball_scale c x) y)
                   | _, _ => None
                   end
  end.

Lemma logs_ballP l : forall x, logs_ball l = Some x -> around x (logs_value l).
Proof.
elim: l => [|[c n] l ih] x; first by case=> <-; rewrite /around /=; lra.
cbn [logs_ball logs_value]; case e : (log_bounds w n 1) => [y|] //; case: logs_ball ih => // z /(_ z erefl) hz.
move=> /Some_inj <-; apply: plusP => //; apply: ball_scaleP.
have [_] := log_boundsP e; rewrite /around /ln_of.
by have -> : IZR (Zpos n) / 1 = IZR (Zpos n) by field.
Qed.

Definition form_ball (f : form) : option (Z * Z) :=
  match logs_ball (logs f) with Some x => Some (plus (ball_of (rational f)) x) | None => None end.

Lemma form_ballP f x : form_ball f = Some x -> around x (value f).
Proof.
rewrite /form_ball; case e : logs_ball => [y|] // /Some_inj <-.
by apply: plusP; [exact: ball_ofP | exact: logs_ballP].
Qed.

Definition ball_opp (x : Z * Z) : Z * Z := ((- snd x)%Z, (- fst x)%Z).
Lemma ball_oppP x r : around x r -> around (ball_opp x) (- r).
Proof. by rewrite /around /ball_opp /fst /snd !opp_IZR; case: x => a b; lra. Qed.

Definition ball_max (x y : Z * Z) : Z * Z := (Z.max (fst x) (fst y), Z.max (snd x) (snd y)).
Lemma IZR_max a b : IZR (Z.max a b) = Rmax (IZR a) (IZR b).
Proof.
case: (Z.max_spec a b) => -[h ->].
  by rewrite Rmax_right //; apply: IZR_le; lia.
by rewrite Rmax_left //; apply: IZR_le.
Qed.
Lemma ball_maxP x y r s : around x r -> around y s -> around (ball_max x y) (Rmax r s).
Proof.
case: x y => [a b] [c d]; rewrite /around /ball_max /fst /snd !IZR_max -RmaxRmult; last lra.
move=> [h1 h2] [h3 h4]; split; apply: Rmax_lub.
- by apply: (Rle_trans _ _ _ h1); exact: Rmax_l.
- by apply: (Rle_trans _ _ _ h3); exact: Rmax_r.
- by apply: (Rle_trans _ _ _ h2); exact: Rmax_l.
- by apply: (Rle_trans _ _ _ h4); exact: Rmax_r.
Qed.

Definition ball_mul (x y : Z * Z) : Z * Z :=
  let: (a, b) := x in let: (c, d) := y in
  (shift_down w (Z.min (Z.min (a * c) (a * d)) (Z.min (b * c) (b * d))),
   shift_up w (Z.max (Z.max (a * c) (a * d)) (Z.max (b * c) (b * d)))).

Lemma mul_between a b u v : a <= u <= b -> Rmin (a * v) (b * v) <= u * v <= Rmax (a * v) (b * v).
Proof.
move=> h; have [v0|v0] := Rle_dec 0 v.
  by split; [apply: (Rle_trans _ _ _ (Rmin_l _ _)) | apply: (Rle_trans _ (b * v)); last exact: Rmax_r]; nra.
by split; [apply: (Rle_trans _ _ _ (Rmin_r _ _)) | apply: (Rle_trans _ (a * v)); last exact: Rmax_l]; nra.
Qed.

Lemma IZR_min a b : IZR (Z.min a b) = Rmin (IZR a) (IZR b).
Proof.
case: (Z.min_spec a b) => -[h ->].
  by rewrite Rmin_left //; apply: IZR_le; lia.
by rewrite Rmin_right //; apply: IZR_le.
Qed.

Lemma ball_mulP x y r s : around x r -> around y s -> around (ball_mul x y) (r * s).
Proof.
case: x y => [a b] [c d]; rewrite /around /ball_mul /fst /snd => hx hy.
rewrite shift_downE // shift_upE //; set m := Z.min _ _; set M := Z.max _ _.
have dm := down_le m two_w; have uM := up_ge M two_w.
have e : scale w * (r * s) * IZR (2 ^ w) = (scale w * r) * (scale w * s) by rewrite /scale; ring.
have [one two] := mul_between (scale w * s) hx.
have [al ah] := mul_between (IZR a) hy; have [bl bh] := mul_between (IZR b) hy.
rewrite !(Rmult_comm _ (IZR a)) in al ah; rewrite !(Rmult_comm _ (IZR b)) in bl bh.
have lo : IZR m <= (scale w * r) * (scale w * s).
  apply: Rle_trans one; rewrite /m !IZR_min !mult_IZR; apply: Rmin_glb.
    by apply: (Rle_trans _ _ _ (Rmin_l _ _)).
  by apply: (Rle_trans _ _ _ (Rmin_r _ _)).
have hi : (scale w * r) * (scale w * s) <= IZR M.
  apply: (Rle_trans _ _ _ two); rewrite /M !IZR_max !mult_IZR; apply: Rmax_lub.
    by apply: Rle_trans (Rmax_l _ _).
  by apply: Rle_trans (Rmax_r _ _).
have W' : 0 < IZR (2 ^ w) by apply: (IZR_lt 0).
by split; apply: (Rmult_le_reg_r _ _ _ W'); rewrite e; lra.
Qed.

Definition ball_inv (x : Z * Z) : option (Z * Z) :=
  if (0 <? fst x)%Z then Some (down (2 ^ w * 2 ^ w) (snd x), up (2 ^ w * 2 ^ w) (fst x)) else None.

Lemma ball_invP x y r : ball_inv x = Some y -> around x r -> around y (/ r).
Proof.
rewrite /ball_inv /around; case: x => a b; rewrite /fst /snd; case: Z.ltb_spec => // a0 /Some_inj <- [h1 h2].
have A0 : 0 < IZR a by apply: (IZR_lt 0).
have r0 : 0 < r by nra.
have B0 : 0 < IZR b by lra.
have b0 : (0 < b)%Z by apply: (lt_IZR 0).
have d := down_le (2 ^ w * 2 ^ w) b0; have u := up_ge (2 ^ w * 2 ^ w) a0.
rewrite mult_IZR -/(scale w) in d u.
have i0 : 0 < scale w * / r by apply: Rmult_lt_0_compat => //; apply: Rinv_0_lt_compat.
have e : (scale w * / r) * (scale w * r) = scale w * scale w by field; lra.
split.
  by apply: (Rmult_le_reg_r _ _ _ B0); nra.
by apply: (Rmult_le_reg_r _ _ _ A0); nra.
Qed.

(** Logarithm of a positive number between [a / 2^w] and [b / 2^w]. *)
Definition ball_ln (x : Z * Z) : option (Z * Z) :=
  match x, (2 ^ w)%Z with
  | (Zpos a, Zpos b), Zpos t =>
      match log_bounds w a t, log_bounds w b t with Some u, Some v => Some (fst u, snd v) | _, _ => None end
  | _, _ => None
  end.

Lemma ln_le a b : 0 < a -> a <= b -> ln a <= ln b.
Proof. by move=> a0 [lt|->]; [apply: Rlt_le; apply: ln_increasing | lra]. Qed.

Lemma ball_lnP x y r : ball_ln x = Some y -> around x r -> around y (ln r).
Proof.
rewrite /ball_ln /around; case: x => -[|a|a] [|b|b] //; case e : (2 ^ w)%Z => [|t|t] //.
case ea : log_bounds => [u|] //; case eb : log_bounds => [v|] // /Some_inj <-; rewrite /fst /snd => -[h1 h2].
have [_ [la _]] := log_boundsP ea; have [_ [_ lb]] := log_boundsP eb; move: la lb.
have A0 := IZR_gt0 a; have T0 := IZR_gt0 t.
have s : scale w = IZR (Zpos t) by rewrite /scale e.
have ar : IZR (Zpos a) / IZR (Zpos t) <= r by apply: (Rmult_le_reg_l _ _ _ T0); rewrite -s; field_simplify; lra.
have rb : r <= IZR (Zpos b) / IZR (Zpos t) by apply: (Rmult_le_reg_l _ _ _ T0); rewrite -s; field_simplify; lra.
have a0 : 0 < IZR (Zpos a) / IZR (Zpos t) by apply: Rdiv_lt_0_compat.
have l1 := ln_le a0 ar; have r0 : 0 < r by lra.
have l2 := ln_le r0 rb.
move=> la lb; split; [apply: (Rle_trans _ _ _ la) | apply: (Rle_trans _ _ _ _ lb)]; apply: Rmult_le_compat_l; lra.
Qed.

(** A guess of [2^w exp (x / 2^w)], of which nothing is proved. *)
Fixpoint taylor (n : nat) (k x term acc : Z) : Z :=
  match n with
  | O => acc
  | S n => let next := (shift_down w (term * x) / k)%Z in taylor n (k + 1) x next (acc + next)
  end.
Definition guess (x : Z) : Z :=
  let k := Z.max 0 (Z.log2 (Z.abs x) - w + 1) in
  Nat.iter (Z.to_nat k) (fun y => shift_down w (y * y)) (taylor (Z.to_nat w) 1 (x / 2 ^ k) (2 ^ w) (2 ^ w)).

(** Exponential: guesses whose logarithms are on the right side. *)
Definition ball_exp (x : Z * Z) : option (Z * Z) :=
  let slack y := (2 ^ 16 + y / 2 ^ (w - 16))%Z in
  let a := (guess (fst x) - slack (guess (fst x)))%Z in
  let b := (guess (snd x) + slack (guess (snd x)))%Z in
  match b, (2 ^ w)%Z with
  | Zpos b, Zpos t =>
      match log_bounds w b t with
      | Some v =>
          if (snd x <=? fst v)%Z then
            match a with
            | Zpos a' => match log_bounds w a' t with
                         | Some u => if (snd u <=? fst x)%Z then Some (a, Zpos b) else None
                         | None => None
                         end
            | _ => Some (0%Z, Zpos b)
            end
          else None
      | None => None
      end
  | _, _ => None
  end.

Lemma exp_ge b t r : (2 ^ w)%Z = Zpos t -> forall v, log_bounds w b t = Some v -> scale w * r <= IZR (fst v) ->
  scale w * exp r <= IZR (Zpos b).
Proof.
move=> e v h hr; have [_ [l _]] := log_boundsP h.
have s : scale w = IZR (Zpos t) by rewrite /scale e.
have B0 := IZR_gt0 b; have T0 := IZR_gt0 t.
have le : r <= ln (IZR (Zpos b) / IZR (Zpos t)) by apply: (Rmult_le_reg_l _ _ _ W0); lra.
have q0 : 0 < IZR (Zpos b) / IZR (Zpos t) by apply: Rdiv_lt_0_compat.
have : exp r <= IZR (Zpos b) / IZR (Zpos t).
  by rewrite -[X in _ <= X]exp_ln //; case: le => [lt|->]; [apply: Rlt_le; apply: exp_increasing | lra].
rewrite s => he; have -> : IZR (Zpos b) = IZR (Zpos t) * (IZR (Zpos b) / IZR (Zpos t)) by field; lra.
by apply: Rmult_le_compat_l; lra.
Qed.

Lemma exp_le a t r : (2 ^ w)%Z = Zpos t -> forall v, log_bounds w a t = Some v -> IZR (snd v) <= scale w * r ->
  IZR (Zpos a) <= scale w * exp r.
Proof.
move=> e v h hr; have [_ [_ l]] := log_boundsP h.
have s : scale w = IZR (Zpos t) by rewrite /scale e.
have A0 := IZR_gt0 a; have T0 := IZR_gt0 t.
have le : ln (IZR (Zpos a) / IZR (Zpos t)) <= r by apply: (Rmult_le_reg_l _ _ _ W0); lra.
have q0 : 0 < IZR (Zpos a) / IZR (Zpos t) by apply: Rdiv_lt_0_compat.
have : IZR (Zpos a) / IZR (Zpos t) <= exp r.
  by rewrite -[X in X <= _]exp_ln //; case: le => [lt|->]; [apply: Rlt_le; apply: exp_increasing | lra].
rewrite s => he; have -> : IZR (Zpos a) = IZR (Zpos t) * (IZR (Zpos a) / IZR (Zpos t)) by field; lra.
by apply: Rmult_le_compat_l; lra.
Qed.

Lemma ball_expP x y r : ball_exp x = Some y -> around x r -> around y (exp r).
Proof.
rewrite /ball_exp /around; set a := (guess (fst x) - _)%Z; case: (_ + _)%Z => [|b|b] //.
case e : (2 ^ w)%Z => [|t|t] //; case hb : log_bounds => [v|] //; case: Z.leb_spec => // /IZR_le xv h.
move=> hx; have top : scale w * exp r <= IZR (Zpos b) by apply: (exp_ge e hb); lra.
have pos : 0 <= scale w * exp r by apply: Rmult_le_pos; [lra | apply: Rlt_le; exact: exp_pos].
case: a h => [|a|a]; try by move=> /Some_inj <-.
case ha : log_bounds => [u|] //; case: Z.leb_spec => // /IZR_le ux /Some_inj <-; split=> //.
by apply: (exp_le e ha); lra.
Qed.

Definition ball_sqrt (x : Z * Z) : option (Z * Z) :=
  if (0 <=? fst x)%Z then Some (Z.sqrt (fst x * 2 ^ w), Z.succ (Z.sqrt (snd x * 2 ^ w))) else None.

Lemma ball_sqrtP x y r : ball_sqrt x = Some y -> around x r -> around y (sqrt r).
Proof.
rewrite /ball_sqrt /around; case: x => a b; rewrite /fst /snd; case: Z.leb_spec => // a0 /Some_inj <- [h1 h2].
have A0 : 0 <= IZR a by apply: (IZR_le 0).
have r0 : 0 <= r by nra.
have B0 : (0 <= b)%Z by apply: le_IZR; lra.
have aw : (0 <= a * 2 ^ w)%Z by apply: Z.mul_nonneg_nonneg => //; exact: Z.lt_le_incl.
have bw : (0 <= b * 2 ^ w)%Z by apply: Z.mul_nonneg_nonneg => //; exact: Z.lt_le_incl.
have [s1 _] := Z.sqrt_spec _ aw; have [_ s2] := Z.sqrt_spec _ bw.
move: s1 s2 => /IZR_le s1 /Z.lt_le_incl /IZR_le s2; rewrite !mult_IZR -/(scale w) in s1 s2.
have e : (scale w * sqrt r) * (scale w * sqrt r) = scale w * r * scale w.
  by have := sqrt_sqrt r r0; nra.
have root0 : 0 <= scale w * sqrt r by apply: Rmult_le_pos; [lra | exact: sqrt_pos].
have n0 : 0 <= IZR (Z.succ (Z.sqrt (b * 2 ^ w))).
  by apply: (IZR_le 0); have := Z.sqrt_nonneg (b * 2 ^ w); lia.
by split; apply: Rsqr_incr_0_var => //; rewrite /Rsqr e; nra.
Qed.

End Enclosures.
