"""What a model folder can hold, a file a kind of policy; `model_kinds.KINDS` names them all."""
