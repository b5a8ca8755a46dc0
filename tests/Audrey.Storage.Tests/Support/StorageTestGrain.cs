using Orleans;
using Orleans.Runtime;
using Orleans.Timers;

namespace Audrey.Storage.Tests.Support;

public interface IStorageTestGrain : IGrainWithStringKey
{
    [Alias("AddAsync")]
    Task<int> AddAsync();

    [Alias("RemindAsync")]
    Task<string> RemindAsync();
}

/// <summary>Keeps a counter in each of the two storages.</summary>
public sealed class StorageTestGrain(
    [PersistentState("test.hot", DirectStorage.HotName)] IPersistentState<TestState> hot,
    [PersistentState("test.rare", DirectStorage.RareName)] IPersistentState<TestState> rare,
    IReminderRegistry reminders,
    IGrainContext context)
    : IStorageTestGrain, IGrainBase, IRemindable
{
    public IGrainContext GrainContext { get; } = context;

    public async Task<int> AddAsync()
    {
        hot.State = hot.State with { Number = hot.State.Number + 1 };
        rare.State = rare.State with { Number = rare.State.Number + 1 };
        await hot.WriteStateAsync();
        await rare.WriteStateAsync();
        return hot.State.Number + rare.State.Number;
    }

    public async Task<string> RemindAsync()
    {
        await reminders.RegisterOrUpdateReminder(GrainContext.GrainId, "test", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var reminder = await reminders.RegisterOrUpdateReminder(
            GrainContext.GrainId, "test", TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        var found = await reminders.GetReminders(GrainContext.GrainId);
        await reminders.UnregisterReminder(GrainContext.GrainId, reminder);
        return string.Join(' ', found.Select(found => found.ReminderName));
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
