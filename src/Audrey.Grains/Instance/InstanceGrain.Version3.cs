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

    public async ValueTask<HelloAnswer> Hello(GuestContact contact)
    {
        if (_live is not { } live) return new() { Outcome = GuestOutcome.NotFound };
        if (live.Definition.Generation != contact.Generation) return new() { Outcome = GuestOutcome.StaleCredential };
        await Hear(live);
        while (!IsPulled(live)) await PullAll(live);
        var tarball = live.Definition.HasNoTarball ? null : await Tarball.Describe();
        if (!ReferenceEquals(_live, live)) return new() { Outcome = GuestOutcome.StaleCredential };
        return new()
        {
            Outcome = live.Required.Complete ? GuestOutcome.Complete : GuestOutcome.Incomplete,
            Config = live.Config with { Secret = "", Services = [.. live.Config.Services.Select(service => service with { Parameters = [] })] },
            Generation = live.Definition.Generation,
            Missing = [.. live.Answers.Missing()],
            Services = live.Reported.Services,
            News = live.Reported.News with { Facts = [], ValuesDigest = [] },
            Revision = ConfigurationsOf(live).Revision,
            TarballDigest = tarball?.Digest,
            TarballBytes = tarball?.Bytes ?? 0,
        };
    }

    public async ValueTask<CommandAnswer> Beat(GuestContact contact)
    {
        if (_live is not { } live) return CommandAnswer.NotFound;
        if (live.Definition.Generation != contact.Generation) return CommandAnswer.StaleCredential;
        await Hear(live);
        return !ReferenceEquals(_live, live) ? CommandAnswer.StaleCredential : Answered(live, CommandVerdict.Taken, 0);
    }

    public ValueTask<ConfigurationAnswer> Watch(GuestContact contact, string? known, bool heard, IConfigurationWatcher? watcher)
    {
        if (_live is not { } live) return ValueTask.FromResult(ConfigurationAnswer.NotFound);
        if (live.Definition.Generation != contact.Generation) return ValueTask.FromResult(ConfigurationAnswer.StaleCredential);

        // As with other versions: a poll of an unchanged, complete instance awaits and writes nothing.
        if (!live.Required.Complete || !IsPulled(live) || (heard && IsContactDue(live))) return new(Watch(live, known, heard, watcher));
        if (heard) live.LastContact = time.GetUtcNow();
        RefreshNowAndThen(live);
        return ValueTask.FromResult(Compared(live, known, watcher));
    }

    public Task<CommandAnswer> Give(GuestContact contact, GivenValues values) => Command(contact, values.Generation, async live =>
    {
        string[] unknown = [.. values.Values.Select(value => value.Name).Where(name => !live.Config.ProvidedParameters.Contains(name))];
        if (unknown.Length > 0) return Answered(live, CommandVerdict.Taken, live.Reported.News.ValuesRevision) with { Unknown = [.. unknown] };
        return await Written(
            live,
            row => GuestCommands.Give(live.Config, row, values.Revision, values.Digest, values.Values, contact.Address, time.GetUtcNow()),
            () => live.Reported.News.ValuesRevision);
    });

    public Task<CommandAnswer> Run(GuestContact contact, ServiceNews news) => Command(contact, news.Generation, async live =>
    {
        if (live.Config.Services.All(service => service.Name != news.Service)) return Answered(live, CommandVerdict.Taken, 0) with { Unknown = [news.Service] };
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
            row => GuestCommands.Run(live.Config, row, news.Step, told, news.ExitStatus, contact.Address, time.GetUtcNow()),
            () => live.Reported.News.RunOf(news.Service)?.Run ?? 0);
    });

    public Task<CommandAnswer> Apply(GuestContact contact, AppliedRevision applied) => Command(contact, applied.Generation, live =>
        Written(live, row => GuestCommands.Apply(row, applied.Revision, time.GetUtcNow()), () => 0));

    public Task<CommandAnswer> State(GuestContact contact, GuestFacts facts) => Command(contact, facts.Generation, live =>
        Written(live, row => GuestCommands.State(row, facts.Facts), () => 0));

    public ValueTask<Presence> GetPresence(DeployableId deployable, long incarnation) => ValueTask.FromResult(
        _live is { } live && Belongs(live, deployable, incarnation)
            ? new Presence(live.Config.Name, live.Reported.FirstContact ?? live.LastContact, live.LastContact)
            : new Presence(null, null, null));

    /// <summary>Tells the gateways where the guest waits, if there is another revision than the one that they know. Called after whatever may have made one.</summary>
    private void TellWatchers()
    {
        if (!_watchers.Any) return;
        ConfigurationAnswer answer;
        if (_live is not { } live) answer = ConfigurationAnswer.StaleCredential;
        else if (ConfigurationsOf(live).Revision == _watchedRevision) return;
        else answer = ConfigurationsOf(live).Answer();
        _watchers.Tell(new(Id, _live?.Definition.Generation ?? 0, answer), post);
    }

    private async Task<ConfigurationAnswer> Watch(LiveInstance live, string? known, bool heard, IConfigurationWatcher? watcher)
    {
        if (heard) await Hear(live);
        while (!IsPulled(live)) await PullAll(live);
        if (!live.Required.Complete && PullMissing(live) is { } pull) await pull.WaitUpToAsync(options.Value.PushBound, time);
        if (!live.Required.Complete && ConfigurationsOf(live).Revision != known && AskPresences(live) is { } asking) await asking.WaitUpToAsync(options.Value.PushBound, time);
        return ReferenceEquals(_live, live) ? Compared(live, known, watcher) : ConfigurationAnswer.StaleCredential;
    }

    private ConfigurationAnswer Compared(LiveInstance live, string? known, IConfigurationWatcher? watcher)
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

    /// <summary>Asks the providers of what is missing when they were heard of; null, and nothing done, when that was done just now.</summary>
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
                (id, await GrainFactory.Reference<IGuestGrain>(GrainKeys.Of(id)).GetPresence(deployable, incarnation)))));
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

    private async Task<CommandAnswer> Command(GuestContact contact, long generation, Func<LiveInstance, Task<CommandAnswer>> command)
    {
        if (_live is not { } live) return CommandAnswer.NotFound;
        if (live.Definition.Generation != contact.Generation) return CommandAnswer.StaleCredential;
        if (generation != live.Definition.Generation) return Answered(live, CommandVerdict.Older, 0) with { IsOtherGeneration = true };
        return await command(live);
    }

    private async Task<CommandAnswer> Written(LiveInstance live, Func<InstanceReported, (CommandVerdict Verdict, InstanceReported Row)> change, Func<long> revision)
    {
        var verdict = CommandVerdict.Taken;
        live.LastContact = time.GetUtcNow();
        var written = await WriteReported(live, row =>
        {
            (verdict, var after) = change(row);
            return after;
        });
        if (!written) return CommandAnswer.StaleCredential;

        // Also of a repetition: the first may have been cut short between its write and its push.
        await Publish();
        return Answered(live, verdict, revision());
    }

    private static CommandAnswer Answered(LiveInstance live, CommandVerdict verdict, long revision) => new()
    {
        Outcome = GuestOutcome.Complete,
        Verdict = verdict,
        Generation = live.Definition.Generation,
        Revision = revision,
        Missing = [.. live.Answers.Missing()],
    };

    /// <summary>What must not show in a service's output: the values of secret parameters, given and required, and the guest's own secret.</summary>
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
