using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Connections.Certificates;

namespace Audrey.Cli.Commands;

/// <summary>The commands that make the certificates for TLS on the ports of silos.</summary>
internal static class CertificateCommands
{
    private const int DefaultDays = 365;
    private const int DefaultDaysOfAuthority = 3650;

    /// <summary>Clocks of other machines can be this far behind.</summary>
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromHours(1);

    public static Command Create(Terminal terminal) => new ExampleCommand(
        "certificates",
        "Make a CA and certificates for TLS between servers and clients.",
        "audrey certificates ca",
        "audrey certificates silo 10.0.0.5 10.0.0.6 10.0.0.7",
        "audrey certificates client deploy")
    {
        Authority(terminal), Silo(terminal), Client(terminal),
    };

    private static ExampleCommand Authority(Terminal terminal)
    {
        var (directory, days, json) = (Directory(), Days(DefaultDaysOfAuthority), CommonOptions.Json());
        var name = new Option<string>("--name")
        {
            Description = "Name of the CA. Default: Audrey CA.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "Audrey CA",
        };
        var command = new ExampleCommand(
            "ca", "Make a CA: its certificate ca.crt and its key ca.key.", "audrey certificates ca --directory certificates")
        {
            name, directory, days, json,
        };
        command.SetAction(terminal, (parsed, _) =>
        {
            var files = new CertificateDirectory(parsed.GetValue(directory)!);
            var (from, until) = Validity(terminal, parsed.GetValue(days));
            using var authority = CertificateAuthority.Create(parsed.GetValue(name)!, from, until);
            files.WriteAuthority(authority);
            Print(terminal, parsed.GetValue(json), [new(parsed.GetValue(name)!, files.PathOf("ca.crt"), files.PathOf("ca.key"), until)]);
            terminal.Info("Every server and client needs ca.crt. Keep ca.key away from them: it makes certificates that they accept.");
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static ExampleCommand Silo(Terminal terminal)
    {
        var siloName = new Option<string>("--silo-name")
        {
            Description = $"DNS name of all silos, Audrey:Cluster:Tls:SiloName. Default: {CertificateAuthority.DefaultSiloName}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => CertificateAuthority.DefaultSiloName,
        };
        return Issue(
            terminal,
            "silo",
            "Make certificates for servers with the role silo, and for gateways without a silo.",
            "audrey certificates silo 10.0.0.5 10.0.0.6 10.0.0.7",
            siloName,
            (parsed, authority, name, from, until) => authority.IssueSilo(name, parsed.GetValue(siloName)!, from, until));
    }

    private static ExampleCommand Client(Terminal terminal) => Issue(
        terminal,
        "client",
        "Make certificates for clients: the client library and this command.",
        "audrey certificates client deploy",
        null,
        (_, authority, name, from, until) => authority.IssueClient(name, from, until));

    private static ExampleCommand Issue(
        Terminal terminal,
        string verb,
        string description,
        string example,
        Option? special,
        Func<ParseResult, CertificateAuthority, string, DateTimeOffset, DateTimeOffset, IssuedCertificate> issue)
    {
        var (directory, days, json) = (Directory(), Days(DefaultDays), CommonOptions.Json());
        var names = new Argument<string[]>("NAME")
        {
            Description = "Name or address of each, which is also the name of its files NAME.crt and NAME.key.",
            Arity = ArgumentArity.OneOrMore,
        };
        var replace = new Option<bool>("--replace") { Description = "Replace existing files. Servers and clients read them again." };
        var command = new ExampleCommand(verb, description, example) { names, directory, days, replace, json };
        if (special is not null) command.Options.Add(special);
        command.SetAction(terminal, (parsed, _) =>
        {
            var files = new CertificateDirectory(parsed.GetValue(directory)!);
            var all = parsed.GetValue(names)!;
            files.ThrowIfUnusable(all, parsed.GetValue(replace));
            using var authority = files.ReadAuthority();
            var (from, until) = Validity(terminal, parsed.GetValue(days));
            var made = new List<CertificateOutput>();
            foreach (var name in all)
            {
                var issued = issue(parsed, authority, name, from, until);
                files.Write(name, issued, parsed.GetValue(replace));
                made.Add(new(name, files.PathOf($"{name}.crt"), files.PathOf($"{name}.key"), issued.Until));
            }

            Print(terminal, parsed.GetValue(json), made);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static void Print(Terminal terminal, bool json, IReadOnlyList<CertificateOutput> made)
    {
        if (json)
        {
            terminal.WriteJson(new CertificatesOutput(made));
            return;
        }

        foreach (var (name, certificate, key, until) in made)
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {certificate} and {key}, valid until {until:u}"));
    }

    private static (DateTimeOffset From, DateTimeOffset Until) Validity(Terminal terminal, int days)
    {
        var now = terminal.Time.GetUtcNow();
        return (now - MaxClockDifference, now + TimeSpan.FromDays(days));
    }

    private static Option<string> Directory() => new("--directory", "-d")
    {
        Description = "Directory of the files. Default: certificates.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "certificates",
    };

    private static Option<int> Days(int normal)
    {
        var days = new Option<int>("--days")
        {
            Description = $"For how many days the certificate is valid, at most 36500. Default: {normal}.",
            HelpName = "DAYS",
            DefaultValueFactory = _ => normal,
        };
        days.Validators.Add(result =>
        {
            if (result.Tokens is not [.., var last] || !int.TryParse(last.Value, CultureInfo.InvariantCulture, out var given)) return;
            if (given is not (> 0 and <= 36_500)) result.AddError("--days takes a number from 1 to 36500.");
        });
        return days;
    }
}
