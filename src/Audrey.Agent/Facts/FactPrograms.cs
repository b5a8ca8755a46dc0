using System.Text;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Facts;

/// <summary>The result of a program that was run for a fact.</summary>
/// <param name="Status">The exit status.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">The lines of standard error as one line.</param>
internal sealed record ProgramOutput(int Status, string Output, string Errors);

/// <summary>Runs programs of the system for facts.</summary>
/// <param name="state">The directory for the files with the output of the programs, which are deleted.</param>
/// <param name="processes">Runs the programs.</param>
internal sealed class FactPrograms(StateDirectory state, ChildProcesses processes)
{
    private const int MaxOutputBytes = 1024 * 1024;
    private const int MaxErrorLength = 500;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(8);

    /// <summary>Runs the program until it ends.</summary>
    /// <exception cref="FactException">The program could not be started, ran too long, or wrote too much.</exception>
    public async Task<ProgramOutput> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var folder = state.NewTemporary();
        try
        {
            var (output, errors) = (Path.Combine(folder, "output"), Path.Combine(folder, "errors"));
            var environment = new ChildEnvironment();
            environment.Set("LC_ALL", "C.UTF-8");
            var end = await processes.RunAsync(
                new ChildCommand
                {
                    Program = program,
                    Arguments = arguments,
                    Environment = environment,
                    Output = output,
                    Errors = errors,
                    MaxTime = MaxTime,
                },
                cancellationToken);
            if (end.Problem is { } problem) throw new FactException($"{program}: {problem}");
            return new ProgramOutput(end.Status, Read(output), ToLine(Read(errors)));
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }

    private static string Read(string path) => Encoding.UTF8.GetString(ForeignFile.Read(path, MaxOutputBytes));

    private static string ToLine(string text)
    {
        var line = string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return string.Concat(line.Where(character => !char.IsControl(character)).Take(MaxErrorLength));
    }
}
