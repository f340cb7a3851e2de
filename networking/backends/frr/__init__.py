"""The backend `frr`: a provider edge router that runs FRR, reached over SSH."""
