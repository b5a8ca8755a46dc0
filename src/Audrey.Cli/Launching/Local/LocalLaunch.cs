using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Watching;
using Audrey.Client;
using Audrey.Core.Deployables;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Launching.Local;

/// <summary>
/// Launches a deployable on this machine only, with one server and one process for each instance. The server and the processes end with the
/// launch.
/// </summary>
internal sealed class LocalLaunch(Terminal terminal, LocalLaunchOptions local)
{
    /// <summary>The time limit of a deployable without a deadline, in seconds.</summary>
    public const double DefaultLimitSeconds = 300;

    /// <summary>The maximum number of instances, each of which is a process.</summary>
    private const int MaxInstances = 100;

    /// <summary>The additional time that a guest can run after the time limit of its launch, if the launch was killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public async Task<ExitCode> RunAsync(DeployableDocument document, LaunchOptions options, CancellationToken cancellationToken)
    {
        // The plan is checked before anything starts.
        var size = PlanningArguments.Plan(document, options with { Endpoint = null }).Instances.Length;
        if (size > MaxInstances)
            throw new CommandFailure(
                ExitCode.Usage,
                $"--local boots a process for each instance, at most {MaxInstances}; this deployable has {size}.");
        LocalProgram.Server.ThrowIfMissing();
        LocalProgram.Guest.ThrowIfMissing();
        var directory = Directory.CreateTempSubdirectory("audrey-local-").FullName;
        try
        {
            return await RunAsync(document, options, directory, cancellationToken);
        }
        finally
        {
            if (local.Keep) terminal.Info($"All files are in {directory}");
            else Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<ExitCode> RunAsync(
        DeployableDocument document, LaunchOptions options, string directory, CancellationToken cancellationToken)
    {
        var shown = local.Json ? terminal.WithoutResults() : terminal;
        await using var server = await LocalServer.StartAsync(Path.Combine(directory, "server"), cancellationToken);
        shown.Line($"A server listens on {server.Endpoint}");
        var plan = PlanningArguments.Plan(document, options with { Endpoint = server.Endpoint });
        using var client = server.Connect();
        await client.Launch.RegisterAsync(plan.Configs, new Progress<RegistrationProgress>(), plan.Deadline, cancellationToken);
        shown.Line($"{plan.Name} is registered; {plan.Instances.Length} "
            + $"{(plan.Instances.Length == 1 ? "instance boots" : "instances boot")} in {directory}");
        var guests = new List<LocalGuest>();
        try
        {
            foreach (var instance in plan.Instances)
            {
                var userData = UserDataLine.Format(plan, instance);
                guests.Add(LocalGuest.Boot(instance, userData, Path.Combine(directory, instance.HostName), local.Limit + Grace));
            }

            var (status, code) = await new DeployableWatch(client, shown).RunAsync(plan.Id, local.Limit, cancellationToken);
            if (status.IsOverview) status = await client.GetDeployableStatusAsync(plan.Id, cancellationToken);
            Report(status, code);
            if (local.ShowOutput) ShowOutput(guests);
            if (code != ExitCode.Ok) await ShowLogsAsync(guests);
            return code;
        }
        finally
        {
            foreach (var guest in guests) await guest.DisposeAsync();
        }
    }

    private void Report(DeployableStatus status, ExitCode code)
    {
        if (local.Json)
        {
            terminal.WriteJson(StatusOutput.From(status));
            return;
        }

        terminal.Line();
        terminal.PrintReport(status);
        if (code == ExitCode.TimedOut)
            terminal.Problem(
                status.IsTimedOut
                        ? "The deployable was not complete by its deadline."
                        : $"The deployable was not complete within {local.Limit.TotalSeconds} s.");
    }

    private void ShowOutput(List<LocalGuest> guests)
    {
        var shown = local.Json ? terminal.Error : terminal.Out;
        shown.WriteLine();
        foreach (var guest in guests)
        {
            foreach (var (service, isError, lines) in guest.ServiceOutputs())
                foreach (var line in lines) shown.WriteLine($"{guest.Label}[{service}] wrote{(isError ? " to stderr" : "")}: {line}");
        }
    }

    private async Task ShowLogsAsync(List<LocalGuest> guests)
    {
        const int lastLines = 10;
        foreach (var guest in guests)
        {
            await guest.DisposeAsync();
            if (!File.Exists(guest.LogPath)) continue;
            foreach (var line in (await File.ReadAllLinesAsync(guest.LogPath)).TakeLast(lastLines)) terminal.Info($"{guest.Label}: {line}");
        }
    }
}

/// <summary>The options of a local launch.</summary>
/// <param name="Json">Whether only the report is printed, as JSON.</param>
/// <param name="Keep">Whether the directory is kept.</param>
/// <param name="ShowOutput">Whether the output of the services is printed.</param>
/// <param name="Limit">The maximum time.</param>
internal sealed record LocalLaunchOptions(bool Json, bool Keep, bool ShowOutput, TimeSpan Limit);
