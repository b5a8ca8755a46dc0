using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Plans;
using Audrey.Core.Planning;
using Audrey.Core.Text;

namespace Audrey.Cli.Arguments;

/// <summary>The options for the contents of the machines' cloud-config beside the instance's own user data.</summary>
internal sealed class MachineSetupArguments
{
    private const string None = "none";

    private readonly Option<string?> _base = new("--user-data-base")
    {
        Description = "Your own user data, of any kind that cloud-init reads. The cloud-config is merged into it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _ca = new("--guest-ca")
    {
        Description = "A PEM file with the certificate authorities that guests check the server's certificate against, or none. Default: "
            + "those of the profile, if guests use its URL. The command 'plan' reads no profile.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _apt = new("--apt-repository")
    {
        Description = "Install the guest's package and those of the template from this apt repository: 'deb URL SUITE COMPONENT'.",
        HelpName = "LINE",
    };

    private readonly Option<string?> _yum = new("--yum-repository")
    {
        Description = "Install the guest's package and those of the template from this yum repository.",
        HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--repository-key")
    {
        Description = "The armored OpenPGP public key of the repository.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _install = new("--install-packages")
    {
        Description = "Install the guest's package and those of the template from the repositories that the image has.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _base, _ca, _apt, _yum, _key, _install }) command.Options.Add(option);
    }

    /// <summary>Reads the options and the files that they name.</summary>
    /// <exception cref="CommandFailure">A file cannot be read.</exception>
    public MachineSetup Read(ParseResult parsed) => new()
    {
        UserDataBase = Text(parsed, _base),
        CaCertificates = parsed.GetValue(_ca) == None ? null : Text(parsed, _ca),
        AptRepository = parsed.GetValue(_apt),
        YumRepository = parsed.GetValue(_yum),
        RepositoryKey = Text(parsed, _key),
        InstallPackages = parsed.GetValue(_install),
    };

    /// <summary>Returns whether machines may use the certificate authorities of the launch.</summary>
    public bool TakesStoredCa(ParseResult parsed) => parsed.GetValue(_ca) is null;

    /// <summary>
    /// Returns the certificate authorities of the profile, in PEM, for guests that use its URL. Null if the command line names others or
    /// none, if the user data has no place for them, or if the profile has none.
    /// </summary>
    /// <exception cref="CommandFailure">The file of the profile cannot be read.</exception>
    public string? DefaultCa(ParseResult parsed, GatewayClient client, UserDataForm form)
    {
        if (parsed.GetValue(_ca) is not null || !UserDataOutput.HasSetup(form) || client.CaFile is not { } file) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"The profile's certificate authorities, {file}, cannot be read: {error.Message}");
        }

        return string.Concat(authorities.Select(authority => authority.ExportCertificatePem() + "\n"));
    }

    private static string? Text(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } path ? ReadText(option.Name, path) : null;

    private static string ReadText(string option, string path)
    {
        try
        {
            return Utf8Text.Decode(path, File.ReadAllBytes(path), out var text) is { } wrong
                ? throw new CommandFailure(ExitCode.Usage, $"{option}: {wrong}")
                : text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{option}: {error.Message}");
        }
    }
}
