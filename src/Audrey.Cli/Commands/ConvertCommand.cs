using System.CommandLine;
using System.Text;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Cli.Profiles;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;

namespace Audrey.Cli.Commands;

/// <summary>Writes a deployable in another format.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = DocumentArguments.Files();
        var format = new Option<string>("--to")
        {
            Description = "The format to write: yaml, or xml for Deployable 1.0.",
            DefaultValueFactory = _ => "yaml",
            HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong("yaml", "xml");
        var schema = new Option<string?>("--schema")
        {
            Description = "The schema that the first line of YAML names for editors: a URL, or a path relative to the document. Default: "
                + "the schema of the profile's server, or of a server on this machine.",
            HelpName = "URL",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write to this new file, which only you can read. Default: the standard output.",
            HelpName = "FILE",
        };
        var command = new ExampleCommand(
            "convert",
            "Write a deployable in another format. Comments and anchors are not kept.",
            "audrey convert shop.xml --output shop.yaml",
            "audrey convert simple.dep simple.assy simple.tmpl --schema deployable-1.json")
        {
            files, format, schema, output,
        };
        command.SetAction(terminal, (parsed, _) =>
        {
            var document = DocumentArguments.ReadValid(parsed.GetValue(files)!, terminal);
            var written = parsed.GetValue(format) == "xml"
                ? Written(() => DeployableXml.Write(document))
                : Written(() => DeployableYaml.Write(document, parsed.GetValue(schema) ?? SchemaOf(terminal)));
            if (parsed.GetValue(output) is not { } path)
            {
                terminal.Out.Write(Encoding.UTF8.GetString(written));
                return Task.FromResult(ExitCode.Ok);
            }

            if (File.Exists(path)) throw new CommandFailure(ExitCode.Conflict, $"{path} exists already. Choose another --output.");
            PrivateFiles.Write(path, Encoding.UTF8.GetString(written));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Returns the address of the schema on the server of the profile. A conversion needs no server and no profile.</summary>
    private static string SchemaOf(Terminal terminal)
    {
        try
        {
            var name = terminal.Environment("AUDREY_PROFILE") is { Length: > 0 } given ? given : null;
            return DeployableSchema.AddressOn(new Uri(new ProfileSelection(terminal.Environment).Select(name).Url));
        }
        catch (CommandFailure)
        {
            return DeployableSchema.OnThisMachine;
        }
    }

    private static byte[] Written(Func<byte[]> write)
    {
        try
        {
            return write();
        }
        catch (ArgumentException inexpressible)
        {
            throw new CommandFailure(ExitCode.Failed, inexpressible.Message);
        }
    }
}
