using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Bus.Connections;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The options for the message bus. By default it is the bus of the servers of the profile, with the credential of the profile. Any other
/// broker is given with its URL and a user of its own.
/// </summary>
internal sealed class BusArguments(Terminal terminal)
{
    private readonly ConnectionArguments _connection = new(terminal);
    private readonly Option<string?> _url = new("--bus")
    {
        Description = "Another broker: amqp://HOST[:PORT] or amqps://HOST[:PORT]. Default: the bus of the servers.",
        HelpName = "URL",
    };

    private readonly Option<string> _form = new("--broker")
    {
        Description = "With --bus: the form of the addresses at the broker.",
        HelpName = "KIND",
        DefaultValueFactory = _ => BusProfile.Audrey.Name,
    };

    private readonly Option<string?> _user = new("--user") { Description = "With --bus: the user at the broker.", HelpName = "NAME" };

    private readonly Option<string?> _passwordFile = new("--password-file")
    {
        Description = "With --bus: the file with the password of the user.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _authorities = new("--bus-ca")
    {
        Description = "The PEM file with the authorities that the certificate of the bus must be from. Default: those of the profile, else "
            + "those of the system.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        _form.AcceptOnlyFromAmong(BusProfile.Audrey.Name, BusProfile.RabbitMq.Name, BusProfile.Qpidd.Name);
        foreach (var option in (Option[])[_url, _form, _user, _passwordFile, _authorities]) command.Options.Add(option);
        _connection.AddTo(command);
        command.Validators.Add(result =>
        {
            // The value cannot be read yet: it may be missing.
            if (result.GetResult(_url) is not null) return;
            foreach (var option in (Option[])[_form, _user, _passwordFile])
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --bus.");
        });
    }

    /// <summary>Connects a console to the bus.</summary>
    /// <exception cref="CommandFailure">The options cannot be used, there is no bus, or it does not accept the connection.</exception>
    public async Task<BusConsole> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = parsed.GetValue(_url) is { } url
            ? OptionsOf(url, parsed)
            : await FindOptionsAsync(parsed, cancellationToken);
        try
        {
            options.Validate();
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailure(ExitCode.Usage, wrong.Message);
        }

        return await BusConsole.ConnectAsync(options, _connection.TimeoutOf(parsed), terminal.Time, cancellationToken);
    }

    private static X509Certificate2Collection? ReadAuthorities(string? file)
    {
        if (file is null) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailure(ExitCode.Usage, $"The certificate authorities in {file} cannot be read: {failure.Message}");
        }

        return authorities;
    }

    private static Uri ToUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        ? url
        : throw new CommandFailure(ExitCode.Usage, $"{text} is not a URL. Give amqp://HOST[:PORT] or amqps://HOST[:PORT].");

    private async Task<BusOptions> FindOptionsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var profile = _connection.Select(parsed);
        var secret = await _connection.ReadSecretAsync(profile, cancellationToken);
        using var client = _connection.Connect(profile, secret, parsed);
        var bus = await client.FindBusAsync(cancellationToken);
        if (bus is not { Url: { } url, Broker: { } broker })
        {
            throw new CommandFailure(
                ExitCode.NotFound,
                $"The server at {client.Url} has no message bus that this machine can reach. Its bus listens on the loopback address "
                    + "unless Audrey:Bus:Listen says otherwise. Give another broker with --bus.");
        }

        return new BusOptions
        {
            Url = ToUrl(url),
            Profile = BusProfile.Find(broker),
            User = profile.Key,
            Secret = secret,
            Authorities = ReadAuthorities(parsed.GetValue(_authorities) ?? profile.CaFile),
        };
    }

    private BusOptions OptionsOf(string url, ParseResult parsed)
    {
        if (parsed.GetValue(_user) is null != parsed.GetValue(_passwordFile) is null)
            throw new CommandFailure(ExitCode.Usage, "A user needs a password: give both --user and --password-file.");
        return new BusOptions
        {
            Url = ToUrl(url),
            Profile = BusProfile.Find(parsed.GetValue(_form)!),
            User = parsed.GetValue(_user),
            Secret = parsed.GetValue(_passwordFile) is { } file ? ReadPassword(file) : null,
            Authorities = ReadAuthorities(parsed.GetValue(_authorities)),
        };
    }

    private static string ReadPassword(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"The password in {file} cannot be read: {failure.Message}");
        }
    }
}
