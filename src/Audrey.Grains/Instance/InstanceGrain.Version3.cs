using Audrey.Abstractions.Instances;
using Audrey.Core.Facts;
using Audrey.Core.Instances;

namespace Audrey.Grains.Instance;

/// <summary>The calls of guests of version 3.</summary>
internal sealed partial class InstanceGrain
{
    public async ValueTask<GuestResult<HelloAnswer>> Hello(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        await _contacts.Record(instance);
        await _puller.EnsurePulled(instance);
        var tarball = instance.Definition.HasNoTarball ? null : await Tarball.Describe();
        var config = instance.Config;
        return Served(instance, new HelloAnswer
        {
            IsComplete = instance.Required.Complete,
            Config = config with { Secret = "", Services = [.. config.Services.Select(service => service with { Parameters = [] })] },
            Generation = instance.Definition.Generation,
            Missing = [.. instance.Missing],
            Services = instance.Reported.Services,
            Progress = instance.Reported.Progress with { Facts = [], ValuesDigest = [] },
            Revision = _answers.RevisionOf(instance),
            TarballDigest = tarball?.Digest,
            TarballBytes = tarball?.Bytes ?? 0,
        });
    }

    public ValueTask<GuestResult<GuestSecret>> GetSecret(GuestContact contact) => ValueTask.FromResult(
        Admit(contact, out var instance, out var refused)
            ? new GuestResult<GuestSecret>(GuestSecret.Of(instance.Definition, silo.Now))
            : new GuestResult<GuestSecret>(refused));

    public async ValueTask<GuestResult<CommandAnswer>> Heartbeat(GuestContact contact)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(refused);
        await _contacts.Record(instance);
        return Served(instance, Answer(instance, default));
    }

    public ValueTask<GuestResult<ConfigurationAnswer>> Poll(
        GuestContact contact, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber)
    {
        if (!Admit(contact, out var instance, out var refused)) return new(new GuestResult<ConfigurationAnswer>(refused));

        // As in the other versions, a poll of an unchanged, complete instance awaits and writes nothing.
        if (instance.Required.Complete && _puller.IsPulled(instance) && !(isFromGuest && InstanceMachine.Hear(instance, silo.Now)))
        {
            _puller.RefreshIfDue(instance);
            return new(new GuestResult<ConfigurationAnswer>(Compare(instance, knownRevision, subscriber)));
        }

        return new(Poll(instance, knownRevision, isFromGuest, subscriber));
    }

    public Task<GuestResult<CommandAnswer>> SetValues(GuestContact contact, ValuesReport report) =>
        Command(contact, report.Generation, (machine, instance, now) =>
            machine.SetValues(instance, report.Number, report.Digest, report.Values, contact.Address, now));

    public Task<GuestResult<CommandAnswer>> ReportService(GuestContact contact, ServiceRunReport report)
    {
        var run = new ServiceRun
        {
            Service = report.Service,
            Run = report.Run,
            Message = report.Message,
            Duration = report.Duration,
            Output = report.Output,
        };
        return Command(contact, report.Generation, (machine, instance, now) =>
            machine.ReportService(instance, report.Step, run, report.ExitStatus, contact.Address, now));
    }

    public Task<GuestResult<CommandAnswer>> ReportApplied(GuestContact contact, AppliedRevision applied) =>
        Command(contact, applied.Generation, (machine, instance, now) => machine.ReportApplied(instance, applied.Revision, now));

    public Task<GuestResult<CommandAnswer>> SetFacts(GuestContact contact, GuestFacts facts) =>
        Command(contact, facts.Generation, (machine, instance, now) => machine.SetFacts(instance, facts.Facts, now));

    public Task<FactAnswer> ObserveFacts(long? generation, FactReport report) => _facts.Observe(generation, report);

    public Task<FactAnswer> ObserveHeartbeat(long? generation, string agent, TimeSpan interval) => _facts.Hear(generation, agent, interval);

    public ValueTask<KeptFacts?> GetFacts()
    {
        _facts.Watch();
        return new(_machine.Registered?.ShowFacts());
    }
}
