using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Client;
using Audrey.Core.Planning;
using Audrey.Core.Registration;
using Spectre.Console;

namespace Audrey.Cli.Launching;

/// <summary>
/// Registers a plan. The ids of the plan are on disk before anything is sent. So if the command is killed, the next run registers the same
/// instances of the same deployable.
/// </summary>
internal sealed class LaunchRegistration(Terminal terminal, bool json)
{
    public async Task<ExitCode> RunAsync(LaunchArguments request, GatewayClient client, CancellationToken cancellationToken)
    {
        using var directory = PlanDirectory.Open(request.Directory);
        var state = request.IsNew ? PlanState.Planned : directory.State;
        var options = request.IsNew
            ? PlanDirectory.WithCa(request.Options, request.DefaultCa)
            : directory.Complete(request.Options, request.DefaultCa, request.TakesStoredCa);
        var plan = PlanningArguments.Plan(request.Document, options);
        if (state != PlanState.Planned) await CheckPlanAsync(client, plan, directory, cancellationToken);

        if (state == PlanState.Registered)
        {
            await CheckExistsAsync(client, plan, directory, cancellationToken);
            Say(plan, directory, [], "is launched already; to launch another deployable, give --new or another --output");
            return ExitCode.Ok;
        }

        // Nothing is written if the servers refuse the credential.
        var userData = UserDataOutput.Of(plan, request.Form);
        await client.CheckAsync(cancellationToken);
        directory.CheckHosts(plan, request.IsNew);
        var aside = request.IsNew ? directory.SetAside() : null;
        directory.Write(plan);
        directory.Write(userData);
        directory.Write(PlanState.Registering);
        if (state == PlanState.Registering) terminal.Info($"Continuing the interrupted launch of {plan.Id}.");
        DeployableRegistration registration;
        try
        {
            registration = await WithLabelsAsync(plan, WithDifferencesAsync(client, plan, cancellationToken));
        }
        catch (AudreyException error) when (state == PlanState.Planned && error is not UnavailableException && client.Launch.LeftNothing)
        {
            directory.Forget(plan);
            directory.Restore(aside);
            throw;
        }

        directory.Write(PlanState.Registered);
        if (aside is not null) terminal.Info($"The files of the earlier launch are in {Path.Combine(directory.Path, aside)}/.");
        // The notes on the documents, which were printed before, say the same as the warnings, and also where.
        Say(plan, directory, registration.Warnings, "is registered");
        return ExitCode.Ok;
    }

    /// <summary>
    /// Checks that a plan is the one of the launch that has begun in the directory. If it is not, the message says what differs from the
    /// registered deployable.
    /// </summary>
    private static async Task CheckPlanAsync(
        GatewayClient client, LaunchPlan plan, PlanDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            directory.CheckPlan(
                plan,
                "Use the same ones again to continue that launch. To launch another deployable, use another --output or --new.");
        }
        catch (CommandFailure failure) when (failure.Code == ExitCode.Conflict)
        {
            throw await client.Comparison.FindAsync(plan, cancellationToken) is { } lines
                ? new CommandFailure(ExitCode.Conflict, [.. failure.Problems, .. lines])
                : failure;
        }
    }

    private static async Task CheckExistsAsync(
        GatewayClient client, LaunchPlan plan, PlanDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetSummaryAsync(plan.Id, cancellationToken);
        }
        catch (NotFoundException)
        {
            throw new CommandFailure(
                ExitCode.NotFound,
                $"{plan.Id} was launched from {directory.Path}, and the servers do not have it any more. To launch another deployable, "
                    + "give --new or another --output.");
        }
    }

    /// <summary>
    /// Names the instances in refusals by the labels of the plan. Their UUIDs are random, and the user has not seen them yet.
    /// </summary>
    private static async Task<DeployableRegistration> WithLabelsAsync(LaunchPlan plan, Task<DeployableRegistration> registration)
    {
        try
        {
            return await registration;
        }
        catch (RefusedException refusal)
        {
            var labels = plan.Instances.ToDictionary(instance => instance.Config.Id, instance => instance.Label);
            throw new RefusedException(
                $"{plan.Name} was not registered",
                [
                    .. refusal.Problems.Select(problem => problem.Instance is { } id && labels.TryGetValue(id, out var label)
                        ? new RegistrationFinding(null, $"{label}: {problem.Message}")
                        : problem),
                ]);
        }
    }

    /// <summary>Registers the plan. If the deployable is registered already, the message says what differs.</summary>
    private async Task<DeployableRegistration> WithDifferencesAsync(
        GatewayClient client, LaunchPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return await RegisterAsync(client, plan, cancellationToken);
        }
        catch (ConflictException conflict) when (conflict.Reason == ConflictReason.AlreadyRegistered)
        {
            if (await client.Comparison.FindAsync(plan, cancellationToken) is not { } lines) throw;
            throw new ConflictException(
                string.Join('\n', [conflict.Message, .. lines]),
                conflict.Reason, conflict.Instance, conflict.Deployable, conflict.Holder);
        }
    }

    private async Task<DeployableRegistration> RegisterAsync(GatewayClient client, LaunchPlan plan, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive)
            return await client.Launch.RegisterAsync(plan.Configs, new ProgressLines(terminal.Error), plan.Deadline, cancellationToken);
        DeployableRegistration? registration = null;
        await terminal.Progress.Progress().StartAsync(async context =>
        {
            var task = context.AddTask($"registering {Markup.Escape(plan.Name)}", maxValue: plan.Instances.Length);
            registration = await client.Launch.RegisterAsync(plan.Configs, new ProgressBar(task), plan.Deadline, cancellationToken);
        });
        return registration!;
    }

    private void Say(LaunchPlan plan, PlanDirectory directory, IEnumerable<RegistrationFinding> warnings, string what)
    {
        if (json)
        {
            terminal.WriteJson(new LaunchOutput(
                plan.Id.Value,
                plan.Name,
                Path.GetFullPath(directory.Path),
                plan.Instances.Select(instance => new LaunchedOutput(instance.Label, instance.Config.Id.Value, instance.HostName)),
                warnings.Select(warning => warning.Message)));
            return;
        }

        terminal.Line($"{plan.Name} {what}: {plan.Id}, {plan.Instances.Length} instances", Color.Green);
        terminal.Line($"Boot each machine with its user data in {directory.Path}/HOST/, then: audrey watch {plan.Id}");
    }
}
