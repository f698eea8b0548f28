"""What counties hand around: 打分表, 排名通报, 红黑榜, 通报; and results that any machine scores again."""
