"""The card as an ordinary Django project would write it: what ours is compared with."""
