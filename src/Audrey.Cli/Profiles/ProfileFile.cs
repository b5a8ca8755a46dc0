using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Audrey.Cli.Exit;
using Audrey.Cli.Plans;

namespace Audrey.Cli.Profiles;

/// <summary>
/// The file with the profiles of a user. Only the user may read and change the file, because it decides where secrets are sent.
/// </summary>
internal sealed class ProfileFile(string path)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
    };

    public string Path => path;

    /// <summary>Gets the directory of the secrets that <c>audrey login</c> stored.</summary>
    private string Secrets => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, "secrets");

    /// <summary>Returns the file of this user: <c>AUDREY_PROFILES</c>, or a file in the directory for settings.</summary>
    public static ProfileFile OfUser(Func<string, string?> environment)
    {
        if (environment("AUDREY_PROFILES") is { Length: > 0 } path) return new ProfileFile(path);
        var settings = environment("XDG_CONFIG_HOME") is { Length: > 0 } directory
            ? directory
            : System.IO.Path.Combine(HomeOf(environment), ".config");
        return new ProfileFile(System.IO.Path.Combine(settings, "audrey", "profiles.json"));
    }

    /// <summary>
    /// Returns the home directory. Without one, returns the root directory, where only the machine's administrator can create files.
    /// </summary>
    public static string HomeOf(Func<string, string?> environment) => environment("HOME") ?? environment("USERPROFILE") ?? "/";

    /// <summary>Reads the profiles. If there is no file, there are no profiles.</summary>
    /// <exception cref="CommandFailure">The file cannot be used. The message says why.</exception>
    public ProfileSet Read()
    {
        if (!File.Exists(path)) return new ProfileSet();
        try
        {
            var set = JsonSerializer.Deserialize<ProfileSet>(PrivateFiles.Read(path), Options) ?? throw new JsonException("it is null");
            var names = set.Profiles.CountBy(profile => profile.Name).Where(name => name.Value > 1).Select(name => name.Key).ToList();
            return names.Count == 0
                ? set
                : throw new CommandFailure(ExitCode.Usage, $"{path} has more than one profile {names[0]}: remove all but one.");
        }
        catch (JsonException malformed)
        {
            // The message quotes names of members and types, never a value.
            throw new CommandFailure(
                ExitCode.Usage,
                $"{path} is not a file of profiles: line {(malformed.LineNumber ?? 0) + 1}, {malformed.Path ?? "$"}. Correct it, or delete "
                    + "it and run: audrey login");
        }
    }

    /// <summary>Returns the names of the profiles for the completion of a command line. Empty if the file cannot be used.</summary>
    public IEnumerable<string> Names()
    {
        try
        {
            return [.. Read().Profiles.Select(profile => profile.Name)];
        }
        catch (CommandFailure)
        {
            return [];
        }
    }

    /// <summary>
    /// Changes the profiles, one command at a time. If the process is killed, the file has either the old content or the new content.
    /// </summary>
    public void Change(Func<ProfileSet, ProfileSet> change)
    {
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        try
        {
            using var only = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            PrivateFiles.Write(path, JsonSerializer.Serialize(change(Read()), Options) + "\n");
        }
        catch (IOException busy) when (File.Exists(path + ".lock"))
        {
            throw new CommandFailure(ExitCode.Conflict, $"Another command changes {path}: {busy.Message}");
        }
    }

    /// <summary>Stores a secret in a file of its own and returns the path of the file.</summary>
    public string StoreSecret(string profile, string secret)
    {
        PrivateFiles.CreateDirectory(Secrets);
        PrivateFiles.Write(SecretPath(profile), secret + "\n");
        return SecretPath(profile);
    }

    /// <summary>Returns the path of the secret that is stored for a profile.</summary>
    public string SecretPath(string profile) => System.IO.Path.Combine(Secrets, profile);

    /// <summary>Deletes the secret that was stored for a profile, if there is one.</summary>
    public void ForgetSecret(string profile)
    {
        if (File.Exists(SecretPath(profile))) File.Delete(SecretPath(profile));
    }
}
