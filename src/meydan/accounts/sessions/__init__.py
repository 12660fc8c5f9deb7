"""Sessions: who acts in a request, from which device, how strongly that was proved, and for how long."""
