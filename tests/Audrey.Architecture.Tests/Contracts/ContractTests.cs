using System.Reflection;
using Orleans;

namespace Audrey.Architecture.Tests.Contracts;

public sealed class ContractTests
{
    [Fact]
    public void The_contracts_are_found() => Assert.True(Serializable.Types.Count > 20);

    [Fact]
    public void Every_contract_is_sealed() => Rule.Holds(
        "An older silo does not know the name of a derived type:",
        from type in Serializable.Types
        where !type.IsSealed
        select type.FullName);

    [Fact]
    public void Every_contract_has_a_unique_alias() => Rule.Holds(
        "Bytes name a type by its alias, so that types can be moved and renamed. Two types with one alias cannot be told apart:",
        from type in Serializable.Types
        group type by Serializable.AliasOf(type) ?? "(none)" into same
        where same.Key == "(none)" || same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same.Select(type => type.FullName))}");

    [Fact]
    public void Every_member_of_a_contract_has_a_unique_number() => Rule.Holds(
        "Bytes name a member by its number. Without a number, or with the same number twice, values are lost or mixed up:",
        from type in Serializable.Types
        from member in Serializable.MembersOf(type)
        group member by (type, Id: member.Id?.ToString() ?? "none") into same
        where same.Key.Id == "none" || same.Count() > 1
        select $"{same.Key.type.FullName}, number {same.Key.Id}: {string.Join(", ", same.Select(member => member.Name))}");

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias() => Rule.Holds(
        "Calls name interfaces and methods by alias, so that silos of two versions understand each other during an update:",
        from type in Repository.TypesOf("Audrey.Abstractions", "Audrey.Grains")
        where type.IsInterface && type.IsAssignableTo(typeof(IGrain))
        from member in type.GetMethods().Cast<MemberInfo>().Prepend(type)
        where !member.IsDefined(typeof(AliasAttribute))
        select $"{type.FullName} {member.Name}");

    [Fact]
    public void Every_state_has_a_unique_name() => Rule.Holds(
        "A row is found by its state name and its key, so two grains with one state name would share rows:",
        from state in PersistentStates.All
        group state.Grain.Name by state.Name into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same)}");

    [Fact]
    public void The_page_on_grains_names_every_state() => Rule.Holds(
        "An operator finds the owner of each row of the database in docs/grains.md:",
        from state in PersistentStates.All
        where !Repository.Read("docs/grains.md").Contains($"`{state.Name}`", StringComparison.Ordinal)
        select $"{state.Name} of {state.Grain.Name}");
}
