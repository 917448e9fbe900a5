"""Online adaptation: a finished run's networks meet new rows, batch by batch in time order.

Of every batch the networks first predict the targets, which is the score, and then learn from it
(Gama, Sebastiao and Rodrigues 2013, *On evaluating stream learning algorithms*, Machine Learning
90). The ways to learn are arms, side by side for the dense and the pruned networks of all seeds.

    python -m spinn_engine adapt RUN_ID [--data table:new_rows.csv]
"""
