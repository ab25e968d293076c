//! Short texts about two things that nobody confuses.

/// About cats.
pub const CATS: [&str; 8] = [
    "A cat sleeps on the sofa.",
    "The kitten chased a ball of wool.",
    "My cat purrs when I stroke her.",
    "Two kittens drink milk from a bowl.",
    "The old tomcat caught a mouse.",
    "Cats like to climb trees.",
    "A kitten meowed at the door.",
    "The cat washed its paws.",
];

/// About money.
pub const BANKS: [&str; 8] = [
    "Interest rates went up again.",
    "The bank raised the rate of its loans.",
    "Shares fell after the report.",
    "The central bank sold bonds.",
    "Inflation makes credit expensive.",
    "She opened a savings account.",
    "Investors bought government debt.",
    "The mortgage has a fixed rate.",
];
