using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Client;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;
using Audrey.Core.Registration;
using Spectre.Console;

namespace Audrey.Cli.Launching;

/// <summary>
/// Registers a plan. Its ids are on disk before anything is sent. So if the command is killed, running it again registers the same
/// instances of the same deployable.
/// </summary>
internal sealed class LaunchRegistration(Terminal terminal, bool json)
{
    public async Task<ExitCode> RunAsync(LaunchArguments request, Func<Task<IAudreyClient>> connect, CancellationToken cancellationToken)
    {
        using var directory = PlanDirectory.Open(request.Directory);
        if (request.IsNew) directory.Forget();
        var plan = PlanningArguments.Plan(
            request.Document,
            request.Options with { Identities = directory.Identities(request.Options.Identities) });
        var state = directory.State;
        if (state != LaunchState.Planned && PlanJson.Write(plan, showSecrets: true) != directory.StoredPlan)
        {
            throw new CommandFailure(
                ExitCode.Conflict,
                $"{directory.Path} contains a launch of {plan.Id} with other documents, values, id or endpoint. Use those again to "
                    + "continue it, another --output, or --new to launch another deployable.");
        }

        if (state == LaunchState.Registered)
        {
            Say(plan, directory, [], "is launched already; to launch another deployable, give --new or another --output");
            return ExitCode.Ok;
        }

        await using var client = await connect();
        var userData = UserDataOutput.Of(plan, request.Form);
        directory.Write(plan);
        directory.Write(userData);
        directory.Write(LaunchState.Registering);
        if (state == LaunchState.Registering) terminal.Note($"Continuing the interrupted launch of {plan.Id}.");
        var registration = await RegisterAsync(client, plan, cancellationToken);
        directory.Write(LaunchState.Registered);
        foreach (var warning in registration.Warnings) terminal.Note($"note: {warning.Message}");
        Say(plan, directory, registration.Warnings, "is registered");
        return ExitCode.Ok;
    }

    private async Task<DeployableRegistration> RegisterAsync(IAudreyClient client, LaunchPlan plan, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive)
            return await client.RegisterDeployableAsync(plan.Configs, new ProgressLines(terminal.Error), plan.Deadline, cancellationToken);
        DeployableRegistration? registration = null;
        await terminal.Progress.Progress().StartAsync(async context =>
        {
            var task = context.AddTask($"registering {Markup.Escape(plan.Name)}", maxValue: plan.Instances.Length);
            registration = await client.RegisterDeployableAsync(plan.Configs, new ProgressBar(task), plan.Deadline, cancellationToken);
        });
        return registration!;
    }

    private void Say(LaunchPlan plan, PlanDirectory directory, IEnumerable<RegistrationFinding> warnings, string what)
    {
        if (json)
        {
            terminal.WriteJson(new
            {
                deployableId = plan.Id.Value,
                deployableName = plan.Name,
                directory = Path.GetFullPath(directory.Path),
                instances = plan.Instances.Select(instance => new { instance.Label, uuid = instance.Config.Id.Value, instance.HostName }),
                warnings = warnings.Select(warning => warning.Message),
            });
            return;
        }

        terminal.Line($"{plan.Name} {what}: {plan.Id}, {plan.Instances.Length} instances", Color.Green);
        terminal.Line($"Boot each machine with its user data in {directory.Path}/HOST/, then: audrey watch {plan.Id}");
    }
}
