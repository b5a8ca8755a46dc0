using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Deployables;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Graphs;
using Audrey.Core.Planning.Output;

namespace Audrey.Cli.Commands;

/// <summary>Shows what a launch would register, or writes the user data for a launcher.</summary>
internal static class PlanCommand
{
    private static readonly string[] Formats = ["text", "json", "mermaid", "dot", "user-data", "cloud-config", "nocloud", "standalone"];

    public static Command Create(Terminal terminal)
    {
        var files = DocumentArguments.Files();
        var planning = new PlanningArguments(terminal);
        var format = new Option<string>("--format")
        {
            Description = "What to print: text, json, mermaid or dot (the reference graph), or user data: user-data, cloud-config, "
                + "nocloud, standalone.",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong(Formats);
        var json = new Option<bool>("--json") { Description = "Has the same effect as --format json." };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write the plan and the output of --format into this directory. A later 'launch --output' can use the directory.",
            HelpName = "DIR",
        };
        var showSecrets = CommonOptions.ShowSecrets();
        var command = new ExampleCommand(
            "plan",
            "Show what a launch would register: instances, services, values and references. Nothing is sent.",
            "audrey plan shop.xml --set 'db[mysql].password=...'",
            "audrey plan shop.xml --format mermaid",
            "audrey plan shop.yaml --endpoint http://config.example.com:4567 --format nocloud --output shop/")
        {
            files, format, json, output, showSecrets,
        };
        planning.AddTo(command);
        command.SetAction(terminal, (parsed, _) =>
        {
            var form = parsed.GetValue(json) ? "json" : parsed.GetValue(format)!;
            var document = DocumentArguments.ReadValid(parsed.GetValue(files)!, terminal);
            var options = planning.Read(parsed, new RandomIdentities());
            if (parsed.GetValue(output) is { } directory)
                Write(document, options, planning.TakesStoredCa(parsed), form, directory, terminal);
            else Print(document, options, form, parsed.GetValue(showSecrets), terminal);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static void Print(DeployableDocument document, LaunchOptions options, string form, bool showSecrets, Terminal terminal)
    {
        var plan = PlanningArguments.Plan(document, options);
        if (UserDataOutput.FormOf(form) is { } userData)
        {
            foreach (var (instance, files) in UserDataOutput.Of(showSecrets ? plan : HiddenSecrets.Of(plan), userData))
            {
                foreach (var (name, contents) in files)
                {
                    // Base64 is easy to decode, so secrets must also be hidden in base64 text. Secrets are hidden before the text is
                    // encoded.
                    terminal.Line($"# {instance.HostName}/{name}");
                    terminal.Out.WriteLine(contents.TrimEnd('\n'));
                }
            }

            return;
        }

        terminal.Out.Write(TextOf(document, plan, options, form, showSecrets));
    }

    private static void Write(
        DeployableDocument document, LaunchOptions options, bool takesStoredCa, string form, string path, Terminal terminal)
    {
        using var directory = PlanDirectory.Open(path);
        var plan = PlanningArguments.Plan(document, directory.Complete(options, defaultCa: null, takesStoredCa));
        if (directory.State != PlanState.Planned) directory.CheckPlan(plan, "Choose another directory.");
        IReadOnlyList<(PlannedInstance, IReadOnlyList<(string, string)>)> userData = UserDataOutput.FormOf(form) is { } data
            ? UserDataOutput.Of(plan, data)
            : [];
        // After the launch, instances can have other secrets than those of the plan.
        if (directory.State == PlanState.Planned)
        {
            directory.CheckHosts(plan, setsAside: false);
            directory.Write(plan);
            directory.Write(userData);
        }

        if (form is "mermaid" or "dot")
            directory.WriteText(form == "dot" ? "graph.dot" : "graph.mmd", TextOf(document, plan, options, form, showSecrets: false));
        terminal.Line($"The plan of {plan.Name} with {plan.Instances.Length} instances is in "
            + $"{directory.PlanPath}{(userData.Count > 0 ? $", user data in a directory for each in {path}" : "")}.");
        terminal.Line("These files contain secrets. Only you can read them.");
    }

    private static string TextOf(DeployableDocument document, LaunchPlan plan, LaunchOptions options, string form, bool showSecrets)
    {
        var graph = ReferenceGraph.From(document, options.Given);
        return form switch
        {
            "json" => PlanJson.Write(plan, showSecrets),
            "mermaid" => GraphText.Mermaid(graph),
            "dot" => GraphText.Dot(graph),
            _ => PlanText.Of(document, plan, graph, showSecrets),
        };
    }
}
