//! Commands that run beside this one and must not outlive it.

use std::{
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use crate::step::Outcome;

static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Ends every child when this command is interrupted or terminated.
pub fn end_with_us() -> Outcome<()> {
    ctrlc::set_handler(|| {
        for id in RUNNING
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            end(id);
        }
        println!();
        std::process::exit(130);
    })
    .map_err(|error| format!("cannot listen for Ctrl-C: {error}"))
}

/// Starts a command at the head of a process group, so that what it starts ends with it.
pub fn start(command: &mut Command) -> Outcome<Running> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| format!("{} does not run: {error}", command.get_program().display()))?;
    RUNNING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(child.id());
    Ok(Running { child })
}

/// A command that runs beside this one.
pub struct Running {
    child: Child,
}

impl Running {
    /// How it ended, if it has.
    pub fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child
            .try_wait()
            .map_err(|error| format!("cannot wait for a command: {error}"))
    }

    /// What it prints, as far as that is piped.
    pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Outcome<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|id| *id != self.child.id());
        if matches!(self.child.try_wait(), Ok(None)) {
            end(self.child.id());
            let _ = self.child.wait();
        }
    }
}

#[cfg(unix)]
fn end(id: u32) {
    // The standard library can end a process, not a group.
    let group = format!("-{id}");
    let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
}

#[cfg(not(unix))]
fn end(id: u32) {
    let _ = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &id.to_string()])
        .status();
}

#[cfg(all(test, unix))]
mod tests {
    use std::{io::Read, time::Instant};

    use super::*;

    #[test]
    fn a_child_ends_with_its_handle_and_takes_its_own_children_along() -> Outcome<()> {
        let start_time = Instant::now();
        let mut shell = Command::new("sh");
        let mut running = start(shell.args(["-c", "sleep 60 & wait"]).stdout(Stdio::piped()))?;
        let mut output = running.child.stdout.take().ok_or("no pipe")?;
        drop(running);
        // The pipe closes when its last holder, the sleeping grandchild, is gone.
        output
            .read_to_end(&mut Vec::new())
            .map_err(|error| error.to_string())?;
        assert!(start_time.elapsed() < Duration::from_secs(30));
        Ok(())
    }
}
