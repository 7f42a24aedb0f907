//! Builds the page: by trunk, or without it while there is none yet.

use std::{env, fs, path::Path, process::ExitCode};

use crate::{
    html::{self, Link},
    install, lock,
    project::{Project, read, write},
    step::{Outcome, step},
    wasm,
};

/// Builds the release page into dist.
pub fn release(project: &Project) -> Outcome<()> {
    install::wasm_target(project)?;
    install::wasm_bindgen(project)?;
    install::trunk(project)?;
    alone(project, || {
        step("Building the release page into dist", || {
            project.run("trunk", &["build", "--release"])
        })
    })
}

/// Builds into dist while no other command does.
pub fn alone<T>(project: &Project, build: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    lock::holding(
        &project.path("target/dist.lock"),
        "building the page",
        build,
    )
}

/// Builds the page for development into dist without trunk, acting on the links of
/// `index.html` as trunk does.
pub fn without_trunk(project: &Project) -> Outcome<()> {
    alone(project, || write_page(project))
}

fn write_page(project: &Project) -> Outcome<()> {
    let dist = project.dist();
    let page = read(&project.path("index.html"))?;
    if dist.exists() {
        fs::remove_dir_all(&dist).map_err(|error| format!("cannot empty dist: {error}"))?;
    }
    create(&dist)?;
    for link in html::links(&page) {
        let href = link.get("href").unwrap_or(".");
        let target = dist.join(link.get("data-target-path").unwrap_or(""));
        match link.get("rel") {
            Some("rust") if link.get("data-trunk-skip").is_some() => {}
            Some("rust") => bind(project, &link, href, &target)?,
            Some("copy-dir") => {
                let source = project.path(href);
                let name = source
                    .file_name()
                    .ok_or("a copy-dir link names no folder")?;
                copy_dir(&source, &target.join(name))?;
            }
            rel => {
                return Err(format!(
                    "index.html has a link of trunk's with rel={}, which xtask cannot build without trunk",
                    rel.unwrap_or("nothing")
                ));
            }
        }
    }
    write(&dist.join("index.html"), &html::finish(&page, false))
}

/// Compiles a crate to WebAssembly and writes its bindings.
fn bind(project: &Project, link: &Link, href: &str, target: &Path) -> Outcome<()> {
    let manifest = project.path(href).join("Cargo.toml");
    let text = read(&manifest)?;
    let name =
        package_name(&text).ok_or_else(|| format!("{} names no package", manifest.display()))?;
    let manifest = manifest.to_string_lossy();
    // The very command of trunk, so that trunk finds it done.
    step(
        &format!("Compiling {name} to WebAssembly (half a minute at first)"),
        || {
            let target = "--target=wasm32-unknown-unknown";
            project.run("cargo", &["build", target, "--manifest-path", &manifest])
        },
    )?;
    let compiled = project
        .target()?
        .join("wasm32-unknown-unknown/debug")
        .join(format!("{}.wasm", name.replace('-', "_")));
    let folder = format!("--out-dir={}", target.display());
    let out_name = format!("--out-name={name}");
    let kind = format!(
        "--target={}",
        link.get("data-bindgen-target").unwrap_or("web")
    );
    step("Writing its bindings", || {
        project.run(
            "wasm-bindgen",
            &[&kind, &folder, &out_name, &compiled.to_string_lossy()],
        )
    })
}

/// What trunk asks for at the end of a build: finishes the page that it has staged.
pub fn finish_for_trunk() -> Outcome<ExitCode> {
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .ok_or("finish-page is for trunk, which says where its page is")?;
    let staging = Path::new(&staging);
    let page = staging.join("index.html");
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    write(&page, &html::finish(&read(&page)?, release))?;
    if release {
        for_each_file(staging, &|path| {
            if path.extension().is_none_or(|ending| ending != "wasm") {
                return Ok(());
            }
            let describe = |error| format!("cannot shorten {}: {error}", path.display());
            let module = fs::read(path).map_err(describe)?;
            let module = wasm::without_names(&module)
                .ok_or_else(|| format!("{} is no WebAssembly module", path.display()))?;
            fs::write(path, module).map_err(describe)
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn package_name(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[package]")?;
    package
        .lines()
        .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
}

fn create(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot create {}: {error}", folder.display()))
}

fn copy_dir(source: &Path, target: &Path) -> Outcome<()> {
    create(target)?;
    for_each_file(source, &|path| {
        let relative = path
            .strip_prefix(source)
            .map_err(|error| error.to_string())?;
        let to = target.join(relative);
        create(to.parent().unwrap_or(target))?;
        fs::copy(path, &to)
            .map(drop)
            .map_err(|error| format!("cannot copy {}: {error}", path.display()))
    })
}

/// Does something with every file of a folder and of its folders.
fn for_each_file(folder: &Path, act: &dyn Fn(&Path) -> Outcome<()>) -> Outcome<()> {
    let describe = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(describe)? {
        let path = entry.map_err(describe)?.path();
        if path.is_dir() {
            for_each_file(&path, act)?;
        } else {
            act(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_package() {
        let manifest = "[workspace]\n[package]\nname = \"engine\"\n[[bin]]\nname = \"other\"\n";
        assert_eq!(package_name(manifest), Some("engine"));
        assert_eq!(package_name("[workspace]\nname = \"engine\"\n"), None);
    }
}
