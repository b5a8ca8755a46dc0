using System.Text.Json.Serialization;

namespace Audrey.Cli.Profiles;

/// <summary>
/// A named connection: the address of the servers, how to check their certificate, and the conductor's credential. The profile does not
/// contain the secret. It only says where the secret is.
/// </summary>
internal sealed record Profile
{
    /// <summary>The name of the built-in profile for a server on this machine.</summary>
    public const string Local = "local";

    public required string Name { get; init; }

    /// <summary>Gets the address of a gateway, such as <c>https://config.example.com:4567</c>.</summary>
    public required string Url { get; init; }

    /// <summary>
    /// Gets the PEM file with the certificate authorities that the server's certificate is checked against; null for those of the system.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>Gets the SHA-256 of the only accepted certificate, in hexadecimal digits; null if no certificate is pinned.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>Gets the conductor's key.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// Gets the file with the secret. A file whose name ends in <c>.json</c> has the form of the server's <c>conductor.json</c>.
    /// </summary>
    public string? SecretFile { get; init; }

    /// <summary>Gets the environment variable with the secret.</summary>
    public string? SecretVariable { get; init; }

    /// <summary>Gets the command line that prints the secret.</summary>
    public string? SecretCommand { get; init; }

    /// <summary>Gets the place of the secret, in words.</summary>
    [JsonIgnore]
    public string SecretPlace =>
        SecretFile is not null ? $"the file {SecretFile}"
        : SecretVariable is not null ? $"the environment variable {SecretVariable}"
        : $"the output of: {SecretCommand}";
}

/// <summary>All profiles of a user.</summary>
internal sealed record ProfileSet
{
    /// <summary>Gets the name of the profile that is used without <c>--profile</c>; null if none was chosen.</summary>
    public string? Current { get; init; }

    public IReadOnlyList<Profile> Profiles { get; init; } = [];

    public Profile? Find(string name) => Profiles.FirstOrDefault(profile => profile.Name == name);

    /// <summary>Returns the set with this profile instead of the one with the same name.</summary>
    public ProfileSet With(Profile profile) => this with { Profiles = [.. Without(profile.Name).Profiles, profile] };

    public ProfileSet Without(string name) => this with
    {
        Current = Current == name ? null : Current,
        Profiles = [.. Profiles.Where(profile => profile.Name != name)],
    };
}
