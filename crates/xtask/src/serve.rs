//! Serves the page. trunk does it, with live reload; the first time, while trunk is
//! still being compiled, xtask does it by itself.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpStream},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use crate::{
    build,
    children::{self, Running},
    http::{self, Served},
    install,
    project::Project,
    step::{Outcome, duration},
};

/// Serves the page until interrupted.
pub fn serve(project: &Project, port: u16) -> Outcome<ExitCode> {
    let start = Instant::now();
    // Better told now than after minutes of building.
    let listener = http::listen(port)?;
    // Of several that are free the system has chosen one.
    let port = http::port_of(&listener)?;
    children::end_with_us()?;
    install::wasm_target(project)?;
    install::wasm_bindgen(project)?;
    if install::has_trunk(project) {
        drop(listener);
        return Live::start(project, port)?.wait(start);
    }

    build::without_trunk(project)?;
    let served = Served::folder(&project.dist(), listener)?;
    announce(port, start);
    match install_in_background(project) {
        Ok(()) => hand_over(project, port, served),
        Err(error) => {
            println!("\n{error}\n\nThe page stays as it is, without live reload. Ctrl-C ends.");
            park();
        }
    }
}

/// Installs trunk while the page is being served.
fn install_in_background(project: &Project) -> Outcome<()> {
    let is_there = || install::has_trunk(project);
    install::provide(project, is_there, || compile_trunk(project))
}

fn compile_trunk(project: &Project) -> Outcome<()> {
    let start = Instant::now();
    let log_path = project.tools().join("trunk.log");
    println!(
        "▸ Building trunk in the background, for live reload (three to five minutes, log in .tools/trunk.log) …"
    );
    fs::create_dir_all(project.tools())
        .map_err(|error| format!("cannot create .tools: {error}"))?;
    let log =
        File::create(&log_path).map_err(|error| format!("cannot write trunk.log: {error}"))?;
    let mut command = install::trunk_install(project);
    command
        .stdout(log.try_clone().map_err(|error| error.to_string())?)
        .stderr(log);
    let status = children::start(&mut command)?.wait()?;
    if !status.success() {
        let log = fs::read_to_string(log_path).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(8)..].join("\n    ");
        return Err(install::trunk_missing(&format!(
            "its installation failed\n    {tail}"
        )));
    }
    install::installed(project, install::has_trunk(project), "trunk")
        .map_err(|error| install::trunk_missing(&error))?;
    println!("✓ Built trunk: {}", duration(start.elapsed()));
    Ok(())
}

/// Lets trunk serve from now on, and serves again ourselves if it does not.
fn hand_over(project: &Project, port: u16, served: Served) -> Outcome<ExitCode> {
    // With everything compiled, the port is without an answer for a moment only.
    println!("▸ Handing the page over to trunk …");
    let start = Instant::now();
    let warm = build::alone(project, || project.run("trunk", &["build"]));
    drop(served);
    let live = warm.and_then(|()| {
        let mut live = Live::start(project, port)?;
        live.until_it_answers()?;
        Ok(live)
    });
    match live {
        Ok(mut live) => {
            println!(
                "✓ Handed over to trunk: {}. Reload the page once; from then on it follows every change.",
                duration(start.elapsed())
            );
            live.until_it_ends()
        }
        Err(error) => {
            let _served = Served::folder(&project.dist(), http::listen(port)?)?;
            println!("\n{error}\n\nThe page stays as it is, without live reload. Ctrl-C ends.");
            park();
        }
    }
}

fn announce(port: u16, start: Instant) {
    println!(
        "\n  Backflow is at http://127.0.0.1:{port}/  ({}; Ctrl-C ends)\n",
        duration(start.elapsed())
    );
}

fn park() -> ! {
    loop {
        thread::park();
    }
}

/// trunk, serving.
struct Live {
    port: u16,
    trunk: Running,
}

impl Live {
    fn start(project: &Project, port: u16) -> Outcome<Self> {
        let mut command = project.command("trunk");
        command.args(["serve", "--port", &port.to_string()]);
        Ok(Self {
            port,
            trunk: children::start(&mut command)?,
        })
    }

    fn wait(mut self, start: Instant) -> Outcome<ExitCode> {
        self.until_it_answers()?;
        announce(self.port, start);
        self.until_it_ends()
    }

    /// trunk listens after its first build only.
    fn until_it_answers(&mut self) -> Outcome<()> {
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Some(status) = self.trunk.ended()? {
                return Err(format!(
                    "trunk serve ended before it served anything ({status})"
                ));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn until_it_ends(&mut self) -> Outcome<ExitCode> {
        let status = self.trunk.wait()?;
        if status.success() {
            Ok(ExitCode::SUCCESS)
        } else {
            Err(format!("trunk serve ended ({status})"))
        }
    }
}
