using System.Reflection;
using Orleans;

namespace Audrey.Architecture.Tests.Contracts;

public sealed class ContractTests
{
    [Fact]
    public void The_contracts_are_found() => Assert.True(Serializable.Types.Count > 20);

    [Fact]
    public void Every_contract_is_sealed() => Rule.Holds(
        "A contract must be sealed, because an older silo does not know the name of a derived type:",
        from type in Serializable.Types
        where !type.IsSealed
        select type.FullName);

    [Fact]
    public void Every_contract_has_a_unique_alias() => Rule.Holds(
        "Serialized bytes contain the alias of a type, so that types can be moved and renamed. Each alias must be unique:",
        from type in Serializable.Types
        group type by Serializable.AliasOf(type) ?? "(none)" into same
        where same.Key == "(none)" || same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same.Select(type => type.FullName))}");

    [Fact]
    public void Every_member_of_a_contract_has_a_unique_number() => Rule.Holds(
        "Serialized bytes contain the number of a member. Values are lost or confused if a number is missing or occurs twice:",
        from type in Serializable.Types
        from member in Serializable.MembersOf(type)
        group member by (type, Id: member.Id?.ToString() ?? "none") into same
        where same.Key.Id == "none" || same.Count() > 1
        select $"{same.Key.type.FullName}, number {same.Key.Id}: {string.Join(", ", same.Select(member => member.Name))}");

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias() => Rule.Holds(
        "Calls contain the aliases of interfaces and methods, so that silos of two versions understand each other during an update:",
        from type in Repository.TypesOf("Audrey.Abstractions", "Audrey.Grains")
        where type.IsInterface && type.IsAssignableTo(typeof(IGrain))
        from member in type.GetMethods().Cast<MemberInfo>().Prepend(type)
        where !member.IsDefined(typeof(AliasAttribute))
        select $"{type.FullName} {member.Name}");

    [Fact]
    public void Every_state_has_a_unique_name() => Rule.Holds(
        "The key of a row contains the state name, so two grains with the same state name would share rows:",
        from state in PersistentStates.All
        group state.Grain.Name by state.Name into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same)}");

    [Fact]
    public void The_page_on_grains_names_every_state() => Rule.Holds(
        "docs/grains.md must list the owner of each row of the database, for operators:",
        from state in PersistentStates.All
        where !Repository.Read("docs/grains.md").Contains($"`{state.Name}`", StringComparison.Ordinal)
        select $"{state.Name} of {state.Grain.Name}");
}
