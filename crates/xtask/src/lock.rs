//! What two commands at once would break: the later one waits.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use crate::step::Outcome;

/// Does some work while no other command holds the file; `what` is what the other would be doing.
pub fn holding<T>(file: &Path, what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let describe = |error| format!("cannot lock {}: {error}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(describe)?;
    }
    let lock = File::create(file).map_err(describe)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            println!("▸ Waiting for another cargo xtask, which is {what} …");
            lock.lock().map_err(describe)?;
        }
        // Where files cannot be locked, nobody waits.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(describe(error)),
    }
    // Freed when it is dropped, and by the system if this command is ended before.
    let outcome = work();
    drop(lock);
    outcome
}

#[cfg(test)]
mod tests {
    use std::{
        env, process,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
        time::Duration,
    };

    use super::*;

    #[test]
    fn one_works_at_a_time() -> Outcome<()> {
        let folder = env::temp_dir().join(format!("xtask-lock-{}", process::id()));
        let file = folder.join("within/lock");
        let (inside, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    holding(&file, "testing", || {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        thread::sleep(Duration::from_millis(30));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                        Ok(())
                    })
                });
            }
        });
        assert_eq!(done.load(Ordering::SeqCst), 4);
        // What fails frees it too.
        let failed: Outcome<()> = holding(&file, "testing", || Err("no".to_owned()));
        assert!(failed.is_err());
        holding(&file, "testing", || Ok(()))?;
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())
    }
}
