(** Expressions in quantities that are rational combinations of logarithms, and their comparison by computation.

    [decide] answers whether one expression is below, at most or equal to another; [decideP]: what it confirms is true.
    Equality is found by the rule [ln (a b) = ln a + ln b] alone, an order by enclosures of width about [2^-w]. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals Qpower List.
From mathcomp Require Import ssreflect ssrbool ssrfun.
From Maskbound Require Export Forms.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

(** ** Expressions *)

Section Expressions.
Variable name : Type.

Inductive expression :=
| Number (c : Q) | Quantity (n : name) | Plus (a b : expression) | Times (a b : expression) | Inverse (a : expression)
| Power (a : expression) (n : nat) | Log (a : expression) | Exponential (a : expression) | Root (a : expression)
| Largest (a b : expression) | Smallest (a b : expression).

Fixpoint meaning (env : name -> R) (e : expression) : R :=
  match e with
  | Number c => Q2R c
  | Quantity n => env n
  | Plus a b => meaning env a + meaning env b
  | Times a b => meaning env a * meaning env b
  | Inverse a => / meaning env a
  | Power a n => meaning env a ^ n
  | Log a => ln (meaning env a)
  | Exponential a => exp (meaning env a)
  | Root a => sqrt (meaning env a)
  | Largest a b => Rmax (meaning env a) (meaning env b)
  | Smallest a b => Rmin (meaning env a) (meaning env b)
  end.

Variables (base : list positive) (w : Z) (known : name -> option form).

Definition as_rational (f : form) : option Q := match logs f with nil => Some (rational f) | _ => None end.

Lemma as_rationalP f c : as_rational f = Some c -> value f = Q2R c.
Proof. by rewrite /as_rational /value; case: f => r [|] //= [->]; ring. Qed.

(** [exp] of a sum of logarithms with whole coefficients. *)
Fixpoint product (l : list (Q * positive)) : option Q :=
  match l with
  | nil => Some 1%Q
  | (c, n) :: l => match Qden (Qred c), product l with
                   | xH, Some p => Some (Qred (p * Qpower (inject_Z (Zpos n)) (Qnum (Qred c))))
                   | _, _ => None
                   end
  end.

Lemma exp_power n k : exp (IZR k * ln_of n) = Q2R (Qpower (inject_Z (Zpos n)) k).
Proof.
have natural m : exp (INR m * ln_of n) = Q2R (Qpower (inject_Z (Zpos n)) (Z.of_nat m)).
  elim: m => [|m ih]; first by rewrite Rmult_0_l exp_0 /Q2R /=; field.
  have -> : Z.of_nat (S m) = (Z.of_nat m + 1)%Z by lia.
  rewrite S_INR Rmult_plus_distr_r exp_plus ih Rmult_1_l exp_ln; last exact: IZR_gt0.
  by rewrite (Qeq_eqR _ _ (Qpower_plus _ _ _ _)) // Q2R_mult /= Q2R_Z.
case: k => [|k|k]; first by rewrite (natural O).
  by rewrite -positive_nat_Z -INR_IZR_INZ natural.
rewrite -Pos2Z.opp_pos opp_IZR -Ropp_mult_distr_l exp_Ropp -positive_nat_Z -INR_IZR_INZ natural.
rewrite (Qeq_eqR _ _ (Qpower_opp _ _)) Q2R_inv //.
by apply: Qpower_not_0.
Qed.

Lemma productP l : forall p, product l = Some p -> exp (logs_value l) = Q2R p.
Proof.
elim: l => [|[c n] l ih] p; first by case=> <-; rewrite /= exp_0 /Q2R /=; field.
cbn [product logs_value]; case d : (Qden (Qred c)) => //; case: product ih => // r /(_ r erefl) e /Some_inj <-.
rewrite exp_plus e Q2R_Qred Q2R_mult -[Q2R c]Q2R_Qred.
have -> : Q2R (Qred c) = IZR (Qnum (Qred c)) by rewrite /Q2R d Rinv_1 Rmult_1_r.
by rewrite exp_power; ring.
Qed.

(** The value as a form, where it is one that is found. *)
Fixpoint exact (e : expression) : option form :=
  match e with
  | Number c => Some (Form c nil)
  | Quantity n => known n
  | Plus a b => match exact a, exact b with Some f, Some g => Some (form_add f g) | _, _ => None end
  | Times a b =>
      match exact a, exact b with
      | Some f, Some g => match as_rational f, as_rational g with
                          | Some c, _ => Some (form_scale c g)
                          | _, Some c => Some (form_scale c f)
                          | _, _ => None
                          end
      | _, _ => None
      end
  | Inverse a =>
      match exact a with
      | Some f => match as_rational f with Some c => if qzero c then None else Some (Form (Qred (/ c)) nil) | _ => None end
      | None => None
      end
  | Power a n =>
      match exact a with
      | Some f => match as_rational f with Some c => Some (Form (Nat.iter n (qmul c) 1%Q) nil) | _ => None end
      | None => None
      end
  | Log a =>
      match exact a with
      | Some f => match as_rational f with
                  | Some c => match of_pairs base ((1%Q, c) :: nil) with Some l => Some (Form 0 l) | _ => None end
                  | None => None
                  end
      | None => None
      end
  | Exponential a =>
      match exact a with
      | Some f => if qzero (rational f)
                  then match product (logs f) with Some p => Some (Form p nil) | None => None end else None
      | None => None
      end
  | Root _ | Largest _ _ | Smallest _ _ => None
  end.

Variable env : name -> R.
Hypothesis knownP : forall n f, known n = Some f -> value f = env n.

Lemma value_rational c : value (Form c nil) = Q2R c. Proof. by rewrite /value /=; ring. Qed.

Lemma exactP e : forall f, exact e = Some f -> value f = meaning env e.
Proof.
elim: e => [c|n|a iha b ihb|a iha b ihb|a iha|a iha n|a iha|a iha|a _|a _ b _|a _ b _] f; cbn [exact meaning] => //.
- by case=> <-; exact: value_rational.
- exact: knownP.
- case: exact iha => // g /(_ g erefl) <-; case: exact ihb => // h /(_ h erefl) <- [<-]; exact: form_addP.
- case: exact iha => // g /(_ g erefl) <-; case: exact ihb => // h /(_ h erefl) <-.
  case eg : as_rational => [c|]; first by case=> <-; rewrite form_scaleP (as_rationalP eg).
  by case eh : as_rational => [c|] // [<-]; rewrite form_scaleP (as_rationalP eh); ring.
- case: exact iha => // g /(_ g erefl) <-; case eg : as_rational => [c|] //; case: ifP => // c0 [<-].
  rewrite value_rational (as_rationalP eg) Q2R_Qred Q2R_inv // => h.
  by move: c0 h; rewrite /qzero /Qeq /=; case: (Qnum c).
- case: exact iha => // g /(_ g erefl) <-; case eg : as_rational => [c|] // [<-].
  rewrite value_rational (as_rationalP eg); elim: n => [|n ih]; first by rewrite /= /Q2R /=; field.
  have -> : Q2R c ^ S n = Q2R c * Q2R c ^ n by [].
  by rewrite -ih -qmulP.
- case: exact iha => // g /(_ g erefl) <-; case eg : as_rational => [c|] //.
  case ep : (of_pairs base ((1%Q, c) :: nil)) => [l|] // [<-].
  rewrite (as_rationalP eg) /value (of_pairsP ep); cbn [rational pairs_value].
  by rewrite RMicromega.Q2R_0 RMicromega.Q2R_1; ring.
- case: exact iha => // g /(_ g erefl) <-; case: ifP => // /qzeroP g0.
  case ep : product => [p|] // [<-]; by rewrite value_rational -(productP ep) /value g0 Rplus_0_l.
Qed.

Definition both (x y : option (Z * Z)) (f : Z * Z -> Z * Z -> Z * Z) : option (Z * Z) :=
  match x, y with Some x, Some y => Some (f x y) | _, _ => None end.

Fixpoint ball_power (x : Z * Z) (n : nat) : Z * Z :=
  match n with O => ((2 ^ w)%Z, (2 ^ w)%Z) | S n => ball_mul w x (ball_power x n) end.

Fixpoint ball (e : expression) : option (Z * Z) :=
  match exact e with
  | Some f => form_ball w f
  | None =>
      match e with
      | Number _ | Quantity _ => None
      | Plus a b => both (ball a) (ball b) plus
      | Times a b => both (ball a) (ball b) (ball_mul w)
      | Inverse a => match ball a with Some x => ball_inv w x | None => None end
      | Power a n => match ball a with Some x => Some (ball_power x n) | None => None end
      | Log a => match ball a with Some x => ball_ln w x | None => None end
      | Exponential a => match ball a with Some x => ball_exp w x | None => None end
      | Root a => match ball a with Some x => ball_sqrt w x | None => None end
      | Largest a b => both (ball a) (ball b) ball_max
      | Smallest a b => both (ball a) (ball b) (fun x y => ball_opp (ball_max (ball_opp x) (ball_opp y)))
      end
  end.

Hypothesis w0 : (0 <= w)%Z.

Lemma Rmin_max r s : Rmin r s = - Rmax (- r) (- s).
Proof. by rewrite /Rmin /Rmax; case: Rle_dec; case: Rle_dec; lra. Qed.

Lemma ballP e : forall x, ball e = Some x -> around w x (meaning env e).
Proof.
elim: e => [c|n|a iha b ihb|a iha b ihb|a iha|a iha n|a iha|a iha|a iha|a iha b ihb|a iha b ihb] x.
all: cbn [ball]; case ex : (exact _) => [f|]; first by rewrite -(exactP ex); exact: form_ballP.
all: move=> //; cbn [meaning].
- case: (ball a) iha => // y /(_ y erefl) hy; case: (ball b) ihb => // z /(_ z erefl) hz /Some_inj <-; exact: plusP.
- case: (ball a) iha => // y /(_ y erefl) hy; case: (ball b) ihb => // z /(_ z erefl) hz /Some_inj <-; exact: ball_mulP.
- by case: (ball a) iha => // y /(_ y erefl) hy h; exact: (ball_invP w0 h hy).
- case: (ball a) iha => // y /(_ y erefl) hy /Some_inj <-; elim: n {ex} => [|n ih]; first exact: around_1.
  exact: ball_mulP.
- by case: (ball a) iha => // y /(_ y erefl) hy h; exact: (ball_lnP w0 h hy).
- by case: (ball a) iha => // y /(_ y erefl) hy h; exact: (ball_expP w0 h hy).
- by case: (ball a) iha => // y /(_ y erefl) hy h; exact: (ball_sqrtP w0 h hy).
- case: (ball a) iha => // y /(_ y erefl) hy; case: (ball b) ihb => // z /(_ z erefl) hz /Some_inj <-; exact: ball_maxP.
- case: (ball a) iha => // y /(_ y erefl) hy; case: (ball b) ihb => // z /(_ z erefl) hz /Some_inj <-.
  by rewrite Rmin_max; apply: ball_oppP; apply: ball_maxP => //; apply: ball_oppP.
Qed.

Definition zero (f : form) : bool := qzero (rational f) && match logs f with nil => true | _ => false end.

Lemma zeroP f : zero f -> value f = 0.
Proof. rewrite /zero /value; case: f => r [|cn l]; cbn [rational logs]; last by rewrite andbF.
by rewrite andbT => /qzeroP ->; rewrite /=; ring. Qed.

Definition minus (a b : expression) : expression := Plus a (Times (Number (-1)) b).

Lemma minusP a b : meaning env (minus a b) = meaning env a - meaning env b.
Proof. by rewrite /= /Q2R /=; field. Qed.

Definition equal (a b : expression) : bool :=
  match exact (minus a b) with Some f => zero (normal base f) | None => false end.

Lemma equalP a b : equal a b -> meaning env a = meaning env b.
Proof.
rewrite /equal; case e : exact => [f|] // /zeroP; rewrite normalP (exactP e) minusP; lra.
Qed.

Definition less (a b : expression) : bool :=
  match ball (minus b a) with Some x => (0 <? fst x)%Z | None => false end.

Lemma lessP a b : less a b -> meaning env a < meaning env b.
Proof.
rewrite /less; case e : ball => [x|] // /Z.ltb_spec0 /IZR_lt x0.
have [h _] := ballP e; rewrite minusP in h; have := scale_gt0 w0; nra.
Qed.

End Expressions.

(** ** Comparisons *)

Inductive relation := Less | AtMost | Equal | AtLeast | Greater.

Definition compared (r : relation) (x y : R) : Prop :=
  match r with Less => x < y | AtMost => x <= y | Equal => x = y | AtLeast => x >= y | Greater => x > y end.

(** [decide] confirms [a r b], [refute] its contrary. *)
Section Decisions.
Variables (name : Type) (base : list positive) (w : Z) (known : name -> option form).

Definition decide (r : relation) (a b : expression name) : bool :=
  (0 <=? w)%Z &&
  match r with
  | Less => less base w known a b
  | AtMost => less base w known a b || equal base known a b
  | Equal => equal base known a b
  | AtLeast => less base w known b a || equal base known a b
  | Greater => less base w known b a
  end.

Definition refute (r : relation) (a b : expression name) : bool :=
  match r with
  | Less => decide AtLeast a b
  | AtMost => decide Greater a b
  | Equal => decide Less a b || decide Greater a b
  | AtLeast => decide Less a b
  | Greater => decide AtMost a b
  end.

Variable env : name -> R.
Hypothesis knownP : forall n f, known n = Some f -> value f = env n.

Theorem decideP r a b : decide r a b -> compared r (meaning env a) (meaning env b).
Proof.
rewrite /decide => /andP[/Z.leb_le w0]; case: r => /=.
- by move/(lessP knownP w0).
- by case/orP => [/(lessP knownP w0)|/(equalP knownP)]; lra.
- by move/(equalP knownP).
- by case/orP => [/(lessP knownP w0)|/(equalP knownP)]; lra.
- by move/(lessP knownP w0).
Qed.

Theorem refuteP r a b : refute r a b -> ~ compared r (meaning env a) (meaning env b).
Proof.
case: r => /=; try by move/decideP => /=; lra.
by case/orP => /decideP /=; lra.
Qed.

End Decisions.

Arguments Number {name} c.
