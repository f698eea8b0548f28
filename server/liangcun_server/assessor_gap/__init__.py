"""The gap between assessor levels over a place: self against township against county against province."""
