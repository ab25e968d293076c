//! The browser bundle: hydrates server-rendered pages or mounts the application.
