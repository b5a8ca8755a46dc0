using Audrey.Cli.Exit;
using Audrey.Core.Text;

namespace Audrey.Cli.Profiles;

/// <summary>
/// Chooses the profile of a command: the given one, else the current one, else the server on this machine, whose credential is in the data
/// directory.
/// </summary>
internal sealed class ProfileSelection(Func<string, string?> environment)
{
    private const string DefaultUrl = "http://127.0.0.1:4567";

    /// <summary>The file in a server's data directory with the credential that the server created.</summary>
    public const string CredentialName = "conductor.json";

    private readonly ProfileFile _file = ProfileFile.OfUser(environment);

    /// <summary>Returns the profile.</summary>
    /// <param name="name">The name in the command line or the environment; null if none was given.</param>
    /// <exception cref="CommandFailure">There is no such profile, or it cannot be used.</exception>
    public Profile Select(string? name)
    {
        var profiles = name == Profile.Local ? new ProfileSet() : _file.Read();
        name ??= profiles.Current;
        if (name is null or Profile.Local) return OfThisMachine(name);
        var profile = profiles.Find(name) ?? throw NotFound(name, profiles);
        var problems = ProfileRules.Problems(profile).Select(problem => $"{_file.Path}: profile {name}: {problem}.").ToArray();
        return problems.Length == 0 ? profile : throw new CommandFailure(ExitCode.Usage, problems);
    }

    public CommandFailure NotFound(string name, ProfileSet profiles)
    {
        var nearest = NearestName.Find(name, profiles.Profiles.Select(profile => profile.Name));
        return new CommandFailure(
            ExitCode.Usage,
            $"There is no profile {name} in {_file.Path}{(nearest is null ? "" : $"; did you mean {nearest}?")} "
                + $"See: audrey profile list. To make it: audrey login {name} --url https://HOST:PORT --key KEY");
    }

    /// <summary>
    /// Returns the profile of the server on this machine. The server keeps its credential where only the server's user can read it.
    /// </summary>
    private Profile OfThisMachine(string? name)
    {
        string[] places = [.. DataDirectories().Select(directory => Path.Combine(directory, CredentialName))];
        if (places.FirstOrDefault(File.Exists) is { } found)
        {
            var url = environment("AUDREY_URL") is { Length: > 0 } given ? given : DefaultUrl;
            if (ProfileRules.UrlProblem(url) is { } problem) throw new CommandFailure(ExitCode.Usage, $"AUDREY_URL: {problem}.");
            return new Profile { Name = Profile.Local, Url = url, Key = CredentialFile.Read(found).Key, SecretFile = found };
        }

        var missing = $"no server on this machine has made a credential that you can read ({string.Join(", ", places)}; AUDREY_DATA names "
            + "another data directory)";
        throw new CommandFailure(
            ExitCode.Usage,
            name is null
                ? $"No server is given: there is no profile in use in {_file.Path}, and {missing}."
                : $"The profile local cannot be used: {missing}.",
            "To connect to a server: audrey login NAME --url https://HOST:PORT --key KEY");
    }

    /// <summary>Returns the server's default data directories, and the data directory of the systemd unit.</summary>
    private IEnumerable<string> DataDirectories()
    {
        if (environment("AUDREY_DATA") is { Length: > 0 } given) return [given];
        var state = environment("XDG_STATE_HOME") is { Length: > 0 } directory
            ? directory
            : Path.Combine(ProfileFile.HomeOf(environment), ".local", "state");
        return [Path.Combine(state, "audrey"), "/var/lib/audrey"];
    }
}
