using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Concurrency;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    public ValueTask<InstanceCredential?> GetCredential() =>
        ValueTask.FromResult(_live is { } live
            ? new InstanceCredential(live.Definition.Generation, live.Config.Secret) { Deployable = live.Config.Deployable.Value }
            : null);

    public ValueTask<GuestResult<GuestAnswer>> GetConfiguration(GuestContact contact, string? service)
    {
        if (_live is not { } live) return new(new GuestResult<GuestAnswer>(GuestStatus.NotRegistered));
        if (live.Definition.Generation != contact.Generation) return new(new GuestResult<GuestAnswer>(GuestStatus.StaleCredential));

        var leavesTrace = _gate.Admit(contact.Mark);
        if (leavesTrace) live.LastContact = time.GetUtcNow();

        // A poll of an unchanged instance: nothing is awaited, rendered or written.
        if (service is null && IsPulled(live) && !(leavesTrace && MustHear(live, contact, NotesAddress(contact)))
            && live.Answers.Configuration() is { IsComplete: true } known)
        {
            RefreshNowAndThen(live);
            return new(new GuestResult<GuestAnswer>(known));
        }

        return new(GetConfiguration(live, contact, service, leavesTrace));
    }

    public ValueTask<GuestResult<GuestAnswer>> GetParameters(GuestContact contact)
    {
        if (_live is not { } live) return new(new GuestResult<GuestAnswer>(GuestStatus.NotRegistered));
        if (live.Definition.Generation != contact.Generation) return new(new GuestResult<GuestAnswer>(GuestStatus.StaleCredential));
        return _gate.Admit(contact.Mark) ? Answer() : new(new GuestResult<GuestAnswer>(live.Answers.Parameters(contact.ProtocolVersion >= 2)));

        async ValueTask<GuestResult<GuestAnswer>> Answer()
        {
            await Hear(live, contact, notesAddress: false);
            return !ReferenceEquals(_live, live) ? new(GuestStatus.StaleCredential) : new(live.Answers.Parameters(contact.ProtocolVersion >= 2));
        }
    }

    public async ValueTask<GuestResult<Tarball>> GetTarball(GuestContact contact)
    {
        if (_live is not { } live) return new(GuestStatus.NotRegistered);
        if (live.Definition.Generation != contact.Generation) return new(GuestStatus.StaleCredential);
        if (_gate.Admit(contact.Mark)) await Hear(live, contact, notesAddress: false);
        var tarball = (live.Definition.HasNoTarball ? null : await Tarball.Get()) ?? EmptyTarball;
        return !ReferenceEquals(_live, live) ? new(GuestStatus.StaleCredential) : new(tarball);
    }

    public async Task<GuestResult<GuestAnswer>> Provide(GuestContact contact, Provision provision)
    {
        if (_live is not { } live) return new(GuestStatus.NotRegistered);
        if (live.Definition.Generation != contact.Generation) return new(GuestStatus.StaleCredential);
        switch (live.Reported.Requests.Judged(contact.Mark))
        {
            case Freshness.Refused:
                return new(GuestStatus.NonceRefused);
            case Freshness.Repeated:
                // The first may have been cut short between its write and its push.
                await Publish();
                return new(live.Answers.Parameters(withServices: false));
        }

        var now = time.GetUtcNow();
        var said = new Contact(contact.Address, NotesAddress: true, ProvidesAddress: contact.ProtocolVersion == 0, contact.Mark);
        live.LastContact = now;
        if (!await WriteReported(live, row => Provisioning.Apply(live.Config, row, provision.Values, provision.ServiceEnds, said, now)))
            return new(GuestStatus.StaleCredential);
        await Publish();
        return new(live.Answers.Parameters(withServices: false));
    }

    private async Task<GuestResult<GuestAnswer>> GetConfiguration(LiveInstance live, GuestContact contact, string? service, bool leavesTrace)
    {
        if (leavesTrace) await Hear(live, contact, NotesAddress(contact));

        // Again when a silo died meanwhile: a pull that began before its death proves nothing.
        while (!IsPulled(live)) await PullAll(live);

        var answer = Answer();
        if (answer is { IsComplete: false } && PullMissing(live) is { } pull)
        {
            await pull.WaitUpToAsync(options.Value.PushBound, time);
            answer = Answer();
        }

        if (!ReferenceEquals(_live, live)) return new(GuestStatus.StaleCredential);
        if (answer is null) return new((GuestAnswer?)null);
        if (answer.IsComplete && service is not null && leavesTrace && live.Reported.ProgressOf(service)?.Started is null)
        {
            var now = time.GetUtcNow();
            await WriteReported(live, row => Provisioning.Start(row, service, now));
        }

        return new(answer);

        GuestAnswer? Answer() => service is null ? live.Answers.Configuration() : live.Answers.Configuration(service);
    }

    /// <summary>In version 0 a GET says where the guest is; in later ones a PUT does.</summary>
    private static bool NotesAddress(GuestContact contact) => contact.ProtocolVersion == 0;

    private static bool Moved(LiveInstance live, GuestContact contact, bool notesAddress) =>
        notesAddress && (live.Reported.Address != contact.Address || !live.Reported.ProvidesAddress);

    private bool MustHear(LiveInstance live, GuestContact contact, bool notesAddress) =>
        _gate.MustWrite(contact.Mark) || Moved(live, contact, notesAddress) || (notesAddress && !live.IsPublished);

    /// <summary>Writes what a fresh GET says of the guest, if it must be written now; the rest is written behind.</summary>
    private async Task Hear(LiveInstance live, GuestContact contact, bool notesAddress)
    {
        var now = time.GetUtcNow();
        live.LastContact = now;
        if (!_gate.MustWrite(contact.Mark) && !Moved(live, contact, notesAddress))
        {
            if (notesAddress) await Publish();
            return;
        }

        var said = new Contact(contact.Address, notesAddress, ProvidesAddress: notesAddress, contact.Mark);
        try
        {
            await WriteReported(live, row => Provisioning.RecordContact(live.Config, row, said, now));
        }
        catch (NotDurableException exception) when (!Moved(live, contact, notesAddress))
        {
            // Who only asks is answered although the time of asking could not be written.
            LogContactNotWritten(logger, Id.Value, exception);
        }

        if (notesAddress) await Publish();
    }
}
