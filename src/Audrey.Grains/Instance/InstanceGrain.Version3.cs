using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;

namespace Audrey.Grains.Instance;

/// <remarks>What guests of version 3 call, and telling the gateways where they wait.</remarks>
internal sealed partial class InstanceGrain : IGuestGrain
{
    /// <summary>What is kept of a service's output, in bytes of UTF-8.</summary>
    private const int MaxOutputBytes = 4 * 1024;

    /// <summary>How old the written last contact may be, as for guests of other versions.</summary>
    private static readonly TimeSpan ContactInterval = TimeSpan.FromMinutes(1);

    private readonly Watchers _watchers = new(time);
    private Configurations? _configurations;
    private string _watchedRevision = "";

    public async ValueTask<GuestResult<HelloAnswer>> Hello(GuestContact contact)
    {
        if (_live is not { } live) return new(GuestStatus.NotRegistered);
        if (live.Definition.Generation != contact.Generation) return new(GuestStatus.StaleCredential);
        await Hear(live);
        while (!IsPulled(live)) await PullAll(live);
        var tarball = live.Definition.HasNoTarball ? null : await Tarball.Describe();
        if (!ReferenceEquals(_live, live)) return new(GuestStatus.StaleCredential);
        return new(new HelloAnswer
        {
            IsComplete = live.Required.Complete,
            Config = live.Config with { Secret = "", Services = [.. live.Config.Services.Select(service => service with { Parameters = [] })] },
            Generation = live.Definition.Generation,
            Missing = [.. live.Answers.Missing()],
            Services = live.Reported.Services,
            Progress = live.Reported.Progress with { Facts = [], ValuesDigest = [] },
            Revision = ConfigurationsOf(live).Revision,
            TarballDigest = tarball?.Digest,
            TarballBytes = tarball?.Bytes ?? 0,
        });
    }

    public async ValueTask<GuestResult<CommandAnswer>> Heartbeat(GuestContact contact)
    {
        if (_live is not { } live) return new(GuestStatus.NotRegistered);
        if (live.Definition.Generation != contact.Generation) return new(GuestStatus.StaleCredential);
        await Hear(live);
        return !ReferenceEquals(_live, live) ? new(GuestStatus.StaleCredential) : new(Answered(live, CommandVerdict.Accepted, 0));
    }

    public ValueTask<GuestResult<ConfigurationAnswer>> Poll(GuestContact contact, string? known, bool heard, IRevisionSubscriber? watcher)
    {
        if (_live is not { } live) return new(new GuestResult<ConfigurationAnswer>(GuestStatus.NotRegistered));
        if (live.Definition.Generation != contact.Generation) return new(new GuestResult<ConfigurationAnswer>(GuestStatus.StaleCredential));

        // As with other versions: a poll of an unchanged, complete instance awaits and writes nothing.
        if (!live.Required.Complete || !IsPulled(live) || (heard && IsContactDue(live))) return new(Poll(live, known, heard, watcher));
        if (heard) live.LastContact = time.GetUtcNow();
        RefreshNowAndThen(live);
        return new(new GuestResult<ConfigurationAnswer>(Compared(live, known, watcher)));
    }

    public Task<GuestResult<CommandAnswer>> SetValues(GuestContact contact, ValuesReport values) =>
        Command(contact, values.Generation, async live =>
    {
        string[] unknown = [.. values.Values.Select(value => value.Name).Where(name => !live.Config.ProvidedParameters.Contains(name))];
        if (unknown.Length > 0) return new(Answered(live, CommandVerdict.Accepted, live.Reported.Progress.ValuesNumber) with { Unknown = [.. unknown] });
        return await Written(
            live,
            row => GuestCommands.SetValues(live.Config, row, values.Number, values.Digest, values.Values, contact.Address, time.GetUtcNow()),
            () => live.Reported.Progress.ValuesNumber);
    });

    public Task<GuestResult<CommandAnswer>> ReportService(GuestContact contact, ServiceRunReport news) =>
        Command(contact, news.Generation, async live =>
    {
        if (live.Config.Services.All(service => service.Name != news.Service)) return new(Answered(live, CommandVerdict.Accepted, 0) with { Unknown = [news.Service] });
        string[] secrets = [.. SecretsOf(live)];
        var told = new ServiceRun
        {
            Service = news.Service,
            Run = news.Run,
            Message = news.Message is null ? null : OutputMask.Tail(news.Message, secrets, MaxOutputBytes),
            Duration = news.Duration,
            Output = news.Output is null ? null : OutputMask.Tail(news.Output, secrets, MaxOutputBytes),
        };
        return await Written(
            live,
            row => GuestCommands.ReportService(live.Config, row, news.Step, told, news.ExitStatus, contact.Address, time.GetUtcNow()),
            () => live.Reported.Progress.RunOf(news.Service)?.Run ?? 0);
    });

    public Task<GuestResult<CommandAnswer>> ReportApplied(GuestContact contact, AppliedRevision applied) =>
        Command(contact, applied.Generation, live =>
        Written(live, row => GuestCommands.ReportApplied(row, applied.Revision, time.GetUtcNow()), () => 0));

    public Task<GuestResult<CommandAnswer>> SetFacts(GuestContact contact, GuestFacts facts) => Command(contact, facts.Generation, live =>
        Written(live, row => GuestCommands.SetFacts(row, facts.Facts), () => 0));

    public ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation) => ValueTask.FromResult(
        _live is { } live && Belongs(live, deployable, incarnation)
            ? new Presence(live.Config.Name, live.Reported.FirstContact ?? live.LastContact, live.LastContact)
            : new Presence(null, null, null));

    /// <summary>
    /// Tells the gateways where the guest waits, if there is another revision than the one that they know. Called after whatever may have
    /// made one.
    /// </summary>
    private void TellWatchers()
    {
        if (!_watchers.Any) return;
        ConfigurationAnswer? answer;
        if (_live is not { } live) answer = null;
        else if (ConfigurationsOf(live).Revision == _watchedRevision) return;
        else answer = ConfigurationsOf(live).Answer();
        _watchers.Tell(new(Id, _live?.Definition.Generation ?? 0, answer), post);
    }

    private async Task<GuestResult<ConfigurationAnswer>> Poll(LiveInstance live, string? known, bool heard, IRevisionSubscriber? watcher)
    {
        if (heard) await Hear(live);
        while (!IsPulled(live)) await PullAll(live);
        if (!live.Required.Complete && PullMissing(live) is { } pull) await pull.WaitUpToAsync(options.Value.PushBound, time);
        if (!live.Required.Complete && ConfigurationsOf(live).Revision != known && AskPresences(live) is { } asking) await asking.WaitUpToAsync(options.Value.PushBound, time);
        return ReferenceEquals(_live, live) ? new(Compared(live, known, watcher)) : new(GuestStatus.StaleCredential);
    }

    private ConfigurationAnswer Compared(LiveInstance live, string? known, IRevisionSubscriber? watcher)
    {
        var configurations = ConfigurationsOf(live);
        if (configurations.Revision != known) return configurations.Answer();
        if (watcher is not null)
        {
            _watchers.Add(watcher);
            _watchedRevision = configurations.Revision;
        }

        return configurations.Unchanged();
    }

    private Configurations ConfigurationsOf(LiveInstance live) =>
        ReferenceEquals(_configurations?.Live, live) ? _configurations : _configurations = new Configurations(live);

    /// <summary>
    /// Asks the providers of what is missing when they were heard of; null, and nothing done, when that was done just now.
    /// </summary>
    private Task? AskPresences(LiveInstance live)
    {
        var configurations = ConfigurationsOf(live);
        if (configurations.PresencesAt is { } last && time.GetElapsedTime(last) < options.Value.PullInterval) return null;
        configurations.PresencesAt = time.GetTimestamp();
        return Quietly(Ask());

        async Task Ask()
        {
            var (deployable, incarnation) = (live.Config.Deployable, live.Definition.Incarnation);
            configurations.Accept(await Task.WhenAll(live.Required.MissingProviders.Take(PullsAtOnce).ToArray().Select(async id =>
                (id, await GrainFactory.Reference<IProviderGrain>(GrainKeys.Of(id)).GetPresence(deployable, incarnation)))));
        }
    }

    private bool IsContactDue(LiveInstance live) => live.Reported.LastContact is not { } written || time.GetUtcNow() - written >= ContactInterval;

    /// <summary>Notes a contact; it is written when the written one is old. Who only asks is answered although it could not be.</summary>
    private async Task Hear(LiveInstance live)
    {
        live.LastContact = time.GetUtcNow();
        if (!IsContactDue(live)) return;
        try
        {
            await WriteReported(live, row => row);
        }
        catch (NotDurableException exception)
        {
            LogContactNotWritten(logger, Id.Value, exception);
        }
    }

    private async Task<GuestResult<CommandAnswer>> Command(GuestContact contact, long generation, Func<LiveInstance, Task<GuestResult<CommandAnswer>>> command)
    {
        if (_live is not { } live) return new(GuestStatus.NotRegistered);
        if (live.Definition.Generation != contact.Generation) return new(GuestStatus.StaleCredential);
        if (generation != live.Definition.Generation) return new(Answered(live, CommandVerdict.Older, 0) with { IsOtherGeneration = true });
        return await command(live);
    }

    private async Task<GuestResult<CommandAnswer>> Written(LiveInstance live, Func<InstanceReported, (CommandVerdict Verdict, InstanceReported Row)> change, Func<long> revision)
    {
        var verdict = CommandVerdict.Accepted;
        live.LastContact = time.GetUtcNow();
        var written = await WriteReported(live, row =>
        {
            (verdict, var after) = change(row);
            return after;
        });
        if (!written) return new(GuestStatus.StaleCredential);

        // Also of a repetition: the first may have been cut short between its write and its push.
        await Publish();
        return new(Answered(live, verdict, revision()));
    }

    private static CommandAnswer Answered(LiveInstance live, CommandVerdict verdict, long revision) => new()
    {
        Verdict = verdict,
        Generation = live.Definition.Generation,
        Number = revision,
        Missing = [.. live.Answers.Missing()],
    };

    /// <summary>
    /// What must not show in a service's output: the values of secret parameters, given and required, and the guest's own secret.
    /// </summary>
    private static IEnumerable<string> SecretsOf(LiveInstance live)
    {
        yield return live.Config.Secret;
        foreach (var name in live.Config.SecretParameters)
            if (live.Reported.ValueOf(name) is { } given) yield return Encoding.UTF8.GetString(given);
        for (var index = 0; index < live.Required.Services.Length; index++)
        {
            var config = live.Config.Services[index];
            foreach (var slot in live.Required.Services[index].Slots)
            {
                if (slot.Value is not { } value || !config.Parameters.Any(parameter => parameter.Name == slot.Name && parameter.Secret)) continue;
                var text = Encoding.UTF8.GetString(value);
                yield return text;
                foreach (var line in text.Split('\n')) yield return line.TrimEnd('\r');
            }
        }
    }
}
