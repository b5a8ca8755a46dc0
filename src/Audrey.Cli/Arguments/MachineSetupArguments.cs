using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Core.Planning;
using Audrey.Core.Text;

namespace Audrey.Cli.Arguments;

/// <summary>The options for the contents of the machines' cloud-config beside the instance's own user data.</summary>
internal sealed class MachineSetupArguments
{
    private readonly Option<string?> _base = new("--user-data-base")
    {
        Description = "Your own user data, of any kind that cloud-init reads. The cloud-config is merged into it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _ca = new("--guest-ca")
    {
        Description = "A PEM file with the certificate authorities that guests check the server's certificate against. Default: those of "
            + "the profile, if guests use its URL.",
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
        CaCertificates = Text(parsed, _ca),
        AptRepository = parsed.GetValue(_apt),
        YumRepository = parsed.GetValue(_yum),
        RepositoryKey = Text(parsed, _key),
        InstallPackages = parsed.GetValue(_install),
    };

    /// <summary>Returns a setup for guests that use the address of the client's profile. They trust what the profile trusts.</summary>
    /// <exception cref="CommandFailure">The file of the profile cannot be read.</exception>
    public static MachineSetup WithCaOf(GatewayClient client, MachineSetup setup) => client.CaFile is { } file
        ? setup with { CaCertificates = setup.CaCertificates ?? ReadText("the profile's certificate authorities", file) }
        : setup;

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
