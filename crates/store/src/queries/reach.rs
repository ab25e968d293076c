//! What a permit reaches: see [`atelier_domain::Reach`].
//!
//! Every statement that reads, counts or changes inputs, or what is said of them, for somebody binds
//! [`atelier_domain::Permit::assigned_to`] and asks `reached!` of the input. Those that need not are asked by endpoints which are about
//! an app as a whole, and refused to whoever reaches only a part of it.

/// The inputs of the app `$1` that tasks gave to the person `$who`: to label, as long as they are theirs, and all of the
/// tasks which they review.
macro_rules! assigned {
    ($who:expr) => {
        concat!(
            "SELECT own.input_id FROM assignments own WHERE own.app_id = $1 AND own.worker_id = ",
            $who,
            " UNION ALL SELECT seen.input_id FROM task_people reviewer JOIN assignments seen ON seen.task_id = reviewer.task_id \
             WHERE reviewer.app_id = $1 AND reviewer.reviews = TRUE AND reviewer.user_id = ",
            $who
        )
    };
}
pub(super) use assigned;

/// That the input `$input` of the app `$1` is reached: by everybody if `$who` is nobody, else by this person.
macro_rules! reached {
    ($input:literal $who:literal) => {
        concat!("(CAST(", $who, " AS UUID) IS NULL OR ", $input, " IN (", assigned!($who), "))")
    };
}
pub(super) use reached;
