using System.Diagnostics;
using Audrey.Cli.Exit;

namespace Audrey.Cli.Profiles;

/// <summary>Reads the secret of a profile from its place. No message contains a secret.</summary>
internal sealed class SecretSource(Func<string, string?> environment)
{
    private const int MaxCharacters = 16 * 1024;

    private static readonly TimeSpan ProgramLimit = TimeSpan.FromMinutes(2);

    /// <summary>Returns the secret.</summary>
    /// <exception cref="CommandFailure">There is no secret at that place. The message says what to do.</exception>
    public async Task<string> ReadAsync(Profile profile, CancellationToken cancellationToken)
    {
        var text = profile switch
        {
            { SecretFile: { } path } => CredentialFile.ReadSecret(path),
            { SecretVariable: { } name } => environment(name),
            _ => await OutputOfAsync(profile.SecretCommand!, cancellationToken),
        };
        var secret = text?.TrimEnd('\r', '\n');
        if (string.IsNullOrEmpty(secret))
            throw new CommandFailure(ExitCode.Usage, $"There is no secret for profile {profile.Name}: {profile.SecretPlace} is empty.");
        return secret.Length <= MaxCharacters
            ? secret
            : throw new CommandFailure(ExitCode.Usage, $"{profile.SecretPlace} is too long for a secret ({secret.Length} characters).");
    }

    /// <summary>Runs a command line. Its messages and questions go to the terminal.</summary>
    private static async Task<string> OutputOfAsync(string command, CancellationToken cancellationToken)
    {
        var (shell, option) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        using var process = Process.Start(new ProcessStartInfo(shell, [option, command]) { RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(ProgramLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? output
                : throw new CommandFailure(
                    ExitCode.Usage, $"The command that prints the secret failed with exit code {process.ExitCode}: {command}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Usage, $"The command that prints the secret did not end within {ProgramLimit.TotalMinutes} minutes: {command}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
