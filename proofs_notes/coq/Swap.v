(** Exchanging two elements of a finite set. *)
From mathcomp Require Import all_ssreflect.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Swap.
Variable I : finType.

Definition swap (a b j : I) : I := if j == a then b else if j == b then a else j.

Lemma swapK a b : involutive (swap a b).
Proof.
move=> j; rewrite /swap; case: (eqVneq j a) => [->|ja].
  by rewrite eqxx; case: (eqVneq b a) => [->|].
case: (eqVneq j b) => [->|jb]; first by rewrite eqxx.
by rewrite (negbTE ja) (negbTE jb).
Qed.

Lemma swapL a b : swap a b a = b. Proof. by rewrite /swap eqxx. Qed.
Lemma swapR a b : swap a b b = a. Proof. by rewrite /swap eqxx; case: eqP => [->|]. Qed.
Lemma swapD a b j : j != a -> j != b -> swap a b j = j.
Proof. by rewrite /swap => /negbTE -> /negbTE ->. Qed.

Definition swap_set (a b : I) (R : {set I}) : {set I} := [set j | swap a b j \in R].

Lemma swap_setK a b : involutive (swap_set a b).
Proof. by move=> R; apply/setP => j; rewrite !inE swapK. Qed.

Lemma card_swap_set a b R : #|swap_set a b R| = #|R|.
Proof.
rewrite -(card_imset _ (can_inj (swapK a b))); apply: eq_card => j.
apply/imsetP/idP => [[l]|jR]; first by rewrite inE => h ->.
by exists (swap a b j); rewrite ?swapK // inE swapK.
Qed.

End Swap.
