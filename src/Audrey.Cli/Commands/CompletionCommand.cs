using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>Prints a completion script for a shell.</summary>
internal static class CompletionCommand
{
    // Each script calls the command to get suggestions, so the suggestions are always current.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _audrey() {
              local line="${COMP_LINE:0:COMP_POINT}" word prefix="" item
              word="${line##* }"
              # Bash replaces only what follows the last of these characters.
              if [[ "$COMP_WORDBREAKS" == *=* && "$word" == *=* ]]; then prefix="${word%=*}="; fi
              COMPREPLY=()
              while IFS= read -r item; do
                if [[ "$item" == "$word"* ]]; then COMPREPLY+=("$(printf %q "${item#"$prefix"}")"); fi
              done < <(audrey "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
            }
            complete -o default -F _audrey audrey
            """,
        ["zsh"] = """
            #compdef audrey
            _audrey() {
              local -a suggestions
              suggestions=("${(@f)$(audrey "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              [[ -n "$suggestions" ]] && compadd -- $suggestions
              _files
            }
            compdef _audrey audrey
            """,
        ["fish"] = """
            complete -c audrey -a '(audrey "[suggest:"(commandline -C)"]" (commandline -p | string collect) 2>/dev/null)'
            """,
    };

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };

        // AcceptOnlyFromAmong does not check an argument after "--".
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Scripts.ContainsKey(token.Value))
                result.AddError($"There is no script for '{token.Value}'. Choose {string.Join(", ", Scripts.Keys)}.");
        });
        var command = new ExampleCommand(
            "completion",
            "Print a script that makes a shell complete this command.",
            "source <(audrey completion bash)",
            "audrey completion fish > ~/.config/fish/completions/audrey.fish")
        {
            shell,
        };
        command.SetAction(terminal, (parsed, _) =>
        {
            terminal.Out.WriteLine(Scripts[parsed.GetValue(shell)!]);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
