using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Arguments;

/// <summary>The options that describe a profile. A part that is not given is taken from the existing profile with the same name.</summary>
internal sealed class LoginArguments
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "The name of the profile. Default: default.",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<string?> _url = Text(
        "--url", "URL", "The address of a gateway: https://HOST:PORT, or http:// on this machine.");

    private readonly Option<string?> _ca = Text(
        "--ca", "FILE", "PEM file with the certificate authorities of the server's certificate. Default: those of the system.");

    private readonly Option<string?> _pin = Text(
        "--pin", "SHA256", "Accept only the certificate with this SHA-256 fingerprint, whoever has signed it.");

    private readonly Option<string?> _key = Text(
        "--key", "KEY", "The conductor's key. Default: the key in a --secret-file that has one.");

    private readonly Option<string?> _secretFile = Text(
        "--secret-file",
        "FILE",
        "Read the secret from this file in each command. Its mode is 0600 at most. A server's conductor.json also contains the key.");

    private readonly Option<string?> _secretVariable = Text(
        "--secret-env", "VARIABLE", "Read the secret from this environment variable in each command.");

    private readonly Option<string?> _secretCommand = Text(
        "--secret-command", "COMMAND", "Run this command line in each command. It prints the secret.");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_name);
        foreach (var option in new[] { _url, _ca, _pin, _key, _secretFile, _secretVariable, _secretCommand }) command.Options.Add(option);
    }

    /// <summary>Reads the options.</summary>
    /// <returns>The profile, and whether its secret is typed and stored.</returns>
    /// <exception cref="CommandFailure">The options do not describe a profile.</exception>
    public (Profile Profile, bool IsTyped) Read(ParseResult parsed, ProfileFile profiles)
    {
        var name = parsed.GetValue(_name)!;
        if (name == Profile.Local)
            throw new CommandFailure(ExitCode.Usage, "The profile local always means the server on this machine. Use another name.");
        var former = profiles.Read().Find(name);
        var (ca, pin) = (FullPath(parsed.GetValue(_ca)), parsed.GetValue(_pin));
        var trust = (ca ?? pin) is null ? former : null;
        var (file, variable, command) =
            (FullPath(parsed.GetValue(_secretFile)), parsed.GetValue(_secretVariable), parsed.GetValue(_secretCommand));
        var place = (file ?? variable ?? command) is null ? former : null;
        var isTyped = (file ?? variable ?? command) is null && (place is null || place.SecretFile == profiles.SecretPath(name));
        var profile = new Profile
        {
            Name = name,
            Url = parsed.GetValue(_url) ?? former?.Url ?? throw Missing("--url https://HOST:PORT"),
            CaFile = ca ?? trust?.CaFile,
            CertificateSha256 = pin ?? trust?.CertificateSha256,
            Key = parsed.GetValue(_key) ?? KeyIn(file) ?? former?.Key ?? throw Missing("--key KEY"),
            SecretFile = isTyped ? profiles.SecretPath(name) : file ?? place?.SecretFile,
            SecretVariable = variable ?? place?.SecretVariable,
            SecretCommand = command ?? place?.SecretCommand,
        };
        string[] problems = [.. ProfileRules.Problems(profile).Select(problem => $"{problem}.")];
        return problems.Length == 0 ? (profile, isTyped) : throw new CommandFailure(ExitCode.Usage, problems);
    }

    private static Option<string?> Text(string option, string helpName, string description) =>
        new(option) { HelpName = helpName, Description = description };

    private static string? KeyIn(string? file) => file is not null && CredentialFile.HasKey(file) ? CredentialFile.Read(file).Key : null;

    /// <summary>Later commands can run in other directories, so a profile contains full paths.</summary>
    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static CommandFailure Missing(string option) => new(ExitCode.Usage, $"A new profile needs {option}.");
}
