//! `npymap completions` and `npymap man`, from the arguments themselves.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{Failure, Outcome};

/// Completions of this command for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap completions bash > ~/.local/share/bash-completion/completions/npymap\n  \
                        npymap completions fish > ~/.config/fish/completions/npymap.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

pub(crate) fn completions(
    args: &Completions,
    mut command: Command,
    out: &mut impl Write,
) -> Result<Outcome, Failure> {
    // The generator does not return errors.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "npymap", &mut script);
    out.write_all(&script).map_err(Failure::Stdout)?;
    Ok(Outcome::Done)
}

/// One page: the command, and then each subcommand with its options and examples.
pub(crate) fn man(command: Command, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut page).and_then(|()| {
        command.get_subcommands().filter(|command| !command.is_hide_set()).try_for_each(|command| {
            let man = clap_mangen::Man::new(command.clone());
            writeln!(page, ".SH NPYMAP {}", command.get_name().to_uppercase())?;
            man.render_synopsis_section(&mut page)?;
            man.render_description_section(&mut page)?;
            man.render_options_section(&mut page)?;
            man.render_extra_section(&mut page)
        })
    });
    rendered.and_then(|()| out.write_all(&page)).map_err(Failure::Stdout)?;
    Ok(Outcome::Done)
}
