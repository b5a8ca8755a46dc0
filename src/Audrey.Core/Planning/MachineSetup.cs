using System.Collections.Immutable;

namespace Audrey.Core.Planning;

/// <summary>
/// The contents of the machines' cloud-config beside the instance's own user data. A machine gets them only with cloud-init, except the
/// certificate authorities, which the guest program also reads itself.
/// </summary>
public sealed record MachineSetup
{
    /// <summary>User data of any kind that cloud-init reads, such as a cloud-config or a script. Null for none.</summary>
    public string? UserDataBase { get; init; }

    /// <summary>The certificate authorities of the config server, in PEM. Null if guests trust those of their system.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>A line of sources.list with the guest's package, <c>deb URL SUITE COMPONENT</c>. Null for none.</summary>
    public string? AptRepository { get; init; }

    /// <summary>The base URL of a yum repository with the guest's package. Null for none.</summary>
    public string? YumRepository { get; init; }

    /// <summary>The armored OpenPGP public key that signs the repositories. Null for none.</summary>
    public string? RepositoryKey { get; init; }

    /// <summary>Whether the guest's package and the packages of the template are installed at boot. A repository implies it.</summary>
    public bool InstallPackages { get; init; }

    /// <summary>Whether packages are installed at boot.</summary>
    public bool Installs => InstallPackages || AptRepository is not null || YumRepository is not null;

    /// <summary>
    /// Returns this setup. The user data, the repositories with their key, and the installation of packages come from
    /// <paramref name="other"/> if this setup does not have them. The certificate authorities do not, because they belong to an endpoint.
    /// </summary>
    public MachineSetup Or(MachineSetup other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var repositories = AptRepository is null && YumRepository is null ? other : this;
        return new()
        {
            UserDataBase = UserDataBase ?? other.UserDataBase,
            CaCertificates = CaCertificates,
            AptRepository = repositories.AptRepository,
            YumRepository = repositories.YumRepository,
            RepositoryKey = RepositoryKey ?? repositories.RepositoryKey,
            InstallPackages = InstallPackages || other.InstallPackages,
        };
    }

    /// <summary>Returns what cloud-init could not use. The findings do not repeat the contents of files.</summary>
    public ImmutableArray<PlanFinding> Check()
    {
        var findings = new PlanFindings();
        MachineSetupCheck.Check(this, findings);
        return findings.ToImmutable();
    }
}
