using System.Collections.Concurrent;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Propagation;
using Audrey.Grains.Sets;
using Audrey.Grains.Tests.Cluster;

namespace Audrey.Grains.Tests.Properties;

/// <summary>Executes steps against the cluster and the model, and compares the answers to every poll.</summary>
internal sealed class Player(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment();
    private readonly Model _model = new();
    private readonly ConcurrentDictionary<string, (Plan Plan, ConductorCommand Command)> _registrations = new();
    private readonly ConcurrentDictionary<string, List<(GuestContact Contact, Provision Provision)>> _puts = new();
    private readonly HashSet<string> _names = [];
    private ConductorCommand? _deletion;
    private long _clock = 1_000_000;
    private long _incarnation = 1;

    /// <summary>
    /// Executes all steps, then polls every instance. Returns the first difference from the model, or null if there is none.
    /// </summary>
    public async Task<string?> Play(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            try
            {
                if (await Take(step) is { } wrong) return $"{step}: {wrong}";
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return $"{step}: {exception}";
            }
        }

        foreach (var name in _names)
            if (await Poll(new(name, null, 2, "192.0.2.9")) is { } wrong) return $"at the end, {name}: {wrong}";
        return null;
    }

    private async Task<string?> Take(Step step)
    {
        switch (step)
        {
            case Step.AtOnce together:
                // A poll among these steps can run before or after the other steps. Therefore only the final states of the instances are
                // compared.
                await Task.WhenAll(together.Steps.Select(one => one is Step.Poll poll ? Ask(poll) : Carry(one)));
                foreach (var one in together.Steps) Record(one);
                foreach (var name in _names)
                    if (await Poll(new(name, null, 2, "192.0.2.9")) is { } wrong) return $"afterwards, {name}: {wrong}";
                return null;
            case Step.Poll poll:
                return await Poll(poll);
            default:
                var answer = await Carry(step);
                Record(step);
                return answer;
        }
    }

    private async Task<string?> Poll(Step.Poll poll)
    {
        Record(poll);
        var answer = await Ask(poll);
        var expected = _model.Answer(poll.Name, poll.Service);
        return answer == expected ? null : $"answered {answer} instead of {expected}";
    }

    private async Task<string?> Ask(Step.Poll poll)
    {
        var answer = await _d.Guest(poll.Name).GetConfiguration(await Contact(poll.Name, poll.Version, poll.Address), poll.Service);
        return answer.Value is { } value ? $"{Deployment.CompletenessOf(value)} {Deployment.Text(value)}" : "NotFound ";
    }

    /// <summary>Executes a command. Returns the error in its answer, or null if there is none.</summary>
    private async Task<string?> Carry(Step step)
    {
        switch (step)
        {
            case Step.Register register:
                var command = new ConductorCommand(_d.Conductor, Mark());
                _registrations[register.Name] = (register.Plan, command);
                var answer = await _d.Register(register.Plan.Config(_d, register.Name), command);
                return answer.Outcome == ConductorOutcome.Done ? null : answer.ToString();
            case Step.RegisterAgain again when _registrations.TryGetValue(again.Name, out var last):
                await _d.Register(last.Plan.Config(_d, again.Name), last.Command);
                return null;
            case Step.Replace replace:
                var replaced = await _d.Instance(replace.Name).Replace(new(_d.Conductor, Mark()), "another secret");
                return replaced.Outcome == (_model.Has(replace.Name) ? ConductorOutcome.Done : ConductorOutcome.NotFound) ? null
                    : replaced.ToString();
            case Step.Put put:
                return await Put(put);
            case Step.PutAgain again when _puts.GetValueOrDefault(again.Name) is { Count: > 0 } puts:
                var (contact, provision) = puts[again.Which % puts.Count];
                var generation = (await _d.Guest(again.Name).GetCredential())?.Generation ?? 0;
                await _d.Guest(again.Name).Provide(contact with { Generation = generation, Address = "203.0.113.1" }, provision);
                return null;
            case Step.Restart restart:
                await fixture.Restart(_d.Instance(restart.Name));
                await fixture.Restart(fixture.Grains.Dependents(_d.Id, Interlocked.Read(ref _incarnation), _d.InstanceId(restart.Name)));
                return null;
            case Step.RestartDeployable:
                await fixture.Restart(_d.Grain);
                return null;
            case Step.Delete:
                var exists = _names.Any(_model.Has);
                var deleted = await _d.Grain.Delete(_deletion = new(_d.Conductor, Mark()));
                if (exists) _incarnation++;
                return deleted.Outcome == (exists ? ConductorOutcome.Done : ConductorOutcome.NotFound) ? null : deleted.ToString();
            case Step.DeleteAgain when _deletion is { } deletion:
                await _d.Grain.Delete(deletion);
                return null;
            default:
                return null;
        }
    }

    private async Task<string?> Put(Step.Put put)
    {
        var contact = await Contact(put.Name, 2, put.Address);
        var provision = new Provision(Deployment.Values(put.Values).Values, Deployment.Ends(put.Ends).ServiceEnds);
        if (put.FailurePoint is { } point && contact.Generation != 0)
            fixture.Storage.FailNext("reported", _d.InstanceId(put.Name).Value, point);
        while (true)
        {
            try
            {
                var answer = await _d.Guest(put.Name).Provide(contact, provision);
                if (contact.Generation == 0) return answer.Status == GuestStatus.NotRegistered ? null : answer.Status.ToString();
                _puts.GetOrAdd(put.Name, _ => []).Add((contact, provision));
                return answer.Status == GuestStatus.Ok ? null : answer.Status.ToString();
            }
            catch (Exception failure) when (TryAgain.After(failure))
            {
                // A real guest would also send the same request again.
            }
        }
    }

    private void Record(Step step)
    {
        switch (step)
        {
            case Step.Register register:
                _names.Add(register.Name);
                _model.Register(register.Name, register.Plan);
                break;
            case Step.Replace replace:
                _model.Replace(replace.Name);
                break;
            case Step.Put put:
                _model.Put(put.Name, put.Values, put.Ends, put.Address);
                break;
            case Step.Poll { Version: 0 } poll:
                _model.PollVersion0(poll.Name, poll.Address);
                break;
            case Step.Delete:
                _model.Delete();
                break;
        }
    }

    private async Task<GuestContact> Contact(string name, int version, string address) =>
        new((await _d.Guest(name).GetCredential())?.Generation ?? 0, version, address, Mark());

    // By the clock of the guests, two minutes pass between two requests. With less time between them, the server would take some polls
    // after a restart for repetitions. The model does not reproduce this.
    private RequestMark Mark()
    {
        var now = Interlocked.Add(ref _clock, 120);
        return new(now, (ulong)now, uint.Parse($"{now % 1000}", CultureInfo.InvariantCulture));
    }
}
